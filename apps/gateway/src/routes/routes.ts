import { staticFiles, toAnswer } from "@kingly/door";
import type { Refusal, Route } from "@kingly/door";
import type { EventStreams } from "@kingly/link";
import type { HttpSockets } from "@kingly/link/node";
import type { Clock } from "@kingly/runtime";
import type { FrontModelState } from "../front-model/front-model-state.ts";
import type { JoinLink } from "../join-link.ts";
import type { ConnectionCaps } from "../limits/connection-caps.ts";
import type { LimitedKind, RateLimits } from "../limits/rate-limits.ts";
import type { TurnBudget } from "../limits/turn-budget.ts";
import { tooManyRequests } from "../limits/refusals.ts";
import type { Metrics } from "../metrics.ts";
import type { PersonOf } from "../people.ts";
import { checkReadiness } from "../readiness.ts";
import type { Snapshots } from "../snapshots.ts";
import type { Workspaces } from "../workspaces.ts";
import { createBoardRoute } from "./board.ts";
import { createEventsRoute } from "./events.ts";
import { createListRoute } from "./lists.ts";
import { defaultWorkspace } from "./named-workspace.ts";
import { createSayRoute } from "./say.ts";
import { createFrameRoute, createStreamRoute } from "./stream.ts";
import { staleMemory, staleTask, staleTasks, staleWorkflows } from "./stale-lists.ts";

/** What the routes need. */
export interface RoutesDeps {
  readonly clock: Clock;
  readonly workspaces: Workspaces;
  readonly metrics: Metrics;
  readonly streams: EventStreams;
  readonly httpSockets: HttpSockets;
  readonly joinLink: JoinLink;
  readonly pageFolder: string;
  readonly personOf: PersonOf;
  readonly rates: RateLimits;
  readonly budget: Pick<TurnBudget, "admit">;
  readonly caps: ConnectionCaps;
  readonly snapshots: Snapshots;
  /** How the front model stands. @default there is none */
  frontModel?(): FrontModelState | undefined;
  makeId(): string;
  /** The cookie of a session that this person begins. */
  sessionCookie(who: string): string;
}

/** Every way in over HTTP, in one table. [G5] */
export function createRoutes(deps: RoutesDeps): readonly Route[] {
  const { workspaces, metrics, personOf } = deps;
  // Whoever comes too often is told so before anything is done. [G44]
  const limited =
    (kind: LimitedKind, handle: Route["handle"]): Route["handle"] =>
    (call) => {
      const waitMs = deps.rates.take(call.who, kind);
      return waitMs > 0 ? toAnswer(tooManyRequests(waitMs)) : handle(call);
    };
  const get = (path: string, handle: Route["handle"], kind: LimitedKind = "ask"): Route => ({
    method: "GET",
    path,
    handle: limited(kind, handle),
  });
  const lists = { workspaces, personOf };
  return [
    ...staticFiles(deps.pageFolder),
    { method: "GET", path: "/healthz", open: true, handle: () => ({ status: 200, json: { ok: true } }) },
    {
      method: "GET",
      path: "/readyz",
      open: true,
      async handle() {
        const readiness = await checkReadiness(() => workspaces.open(defaultWorkspace), deps.frontModel?.());
        return { status: readiness.ready ? 200 : 503, json: readiness };
      },
    },
    get("/metrics", async (call) => {
      if (personOf(call.who).workspaces !== undefined) return toAnswer(ownersOnly);
      const { contentType, body } = await metrics.text();
      return { status: 200, text: body, contentType };
    }),
    // The token came as Bearer, or a session is renewed: either way the caller has been let in.
    {
      method: "POST",
      path: "/v1/session",
      handle: limited("open", (call) => ({ status: 204, headers: { "Set-Cookie": deps.sessionCookie(call.who) } })),
    },
    {
      method: "POST",
      path: "/v1/utterances",
      body: "json",
      handle: limited(
        "say",
        createSayRoute({
          workspaces,
          personOf,
          budget: deps.budget,
          makeId: () => deps.makeId(),
          nowMs: () => deps.clock.monotonicMs(),
          onAnswered: (startedAtMs) => metrics.recorded(deps.clock.monotonicMs() - startedAtMs),
        }),
      ),
    },
    // The link is an upgrade; whoever asks for it as a page is told so, not that it does not exist.
    get("/v1/link", () => toAnswer(upgradeNeeded)),
    get("/v1/events", createEventsRoute(deps), "open"),
    get("/v1/stream", createStreamRoute(deps), "open"),
    { method: "POST", path: "/v1/stream/:socket", body: "json", handle: createFrameRoute(deps.httpSockets) },
    get("/v1/board", createBoardRoute({ workspaces, snapshots: deps.snapshots, personOf })),
    get("/v1/tasks", createListRoute(lists, "tasks", staleTasks)),
    get("/v1/tasks/:id", createListRoute(lists, "task", staleTask)),
    get("/v1/projects", createListRoute(lists, "projects")),
    get("/v1/workspaces", createListRoute(lists, "workspaces")),
    get("/v1/workflows", createListRoute(lists, "workflows", staleWorkflows)),
    get("/v1/memory", createListRoute(lists, "memory", staleMemory)),
    get("/v1/jobs", createListRoute(lists, "jobs")),
    get("/v1/servers", createListRoute(lists, "servers")),
    get("/v1/conversation", createListRoute(lists, "conversation")),
  ];
}

const upgradeNeeded: Refusal = {
  status: 426,
  code: "upgrade_required",
  message: "The link is a WebSocket.",
  hint: "Connect with a WebSocket client and the subprotocol kingly.1.",
  headers: { Upgrade: "websocket", Connection: "Upgrade" },
};

const ownersOnly: Refusal = {
  status: 403,
  code: "owner_only",
  message: "Only the owner of this Kingly sees its measurements.",
  hint: "Use the token of the house.",
};
