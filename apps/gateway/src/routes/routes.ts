import { staticFiles, toAnswer } from "@kingly/door";
import type { Refusal, Route } from "@kingly/door";
import type { EventStreams } from "@kingly/link";
import type { Clock } from "@kingly/runtime";
import type { Metrics } from "../metrics.ts";
import { checkReadiness } from "../readiness.ts";
import type { Workspaces } from "../workspaces.ts";
import { createBoardRoute } from "./board.ts";
import { createEventsRoute } from "./events.ts";
import { createListRoute } from "./lists.ts";
import { defaultWorkspace } from "./named-workspace.ts";
import { createSayRoute } from "./say.ts";
import { staleMemory, staleTask, staleTasks, staleWorkflows } from "./stale-lists.ts";

/** What the routes need. */
export interface RoutesDeps {
  readonly clock: Clock;
  readonly workspaces: Workspaces;
  readonly metrics: Metrics;
  readonly streams: EventStreams;
  readonly pageFolder: string;
  makeId(): string;
  sessionCookie(): string;
}

/** Every way in over HTTP, in one table. [G5] */
export function createRoutes(deps: RoutesDeps): readonly Route[] {
  const { workspaces, metrics } = deps;
  const get = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, handle });
  return [
    ...staticFiles(deps.pageFolder),
    { method: "GET", path: "/healthz", open: true, handle: () => ({ status: 200, json: { ok: true } }) },
    {
      method: "GET",
      path: "/readyz",
      open: true,
      async handle() {
        const readiness = await checkReadiness(() => workspaces.open(defaultWorkspace));
        return { status: readiness.ready ? 200 : 503, json: readiness };
      },
    },
    get("/metrics", async () => {
      const { contentType, body } = await metrics.text();
      return { status: 200, text: body, contentType };
    }),
    // The token came as Bearer, or a session is renewed: either way the caller has been let in.
    {
      method: "POST",
      path: "/v1/session",
      handle: () => ({ status: 204, headers: { "Set-Cookie": deps.sessionCookie() } }),
    },
    {
      method: "POST",
      path: "/v1/utterances",
      body: "json",
      handle: createSayRoute({
        workspaces,
        makeId: () => deps.makeId(),
        nowMs: () => deps.clock.monotonicMs(),
        onAnswered: (startedAtMs) => metrics.recorded(deps.clock.monotonicMs() - startedAtMs),
      }),
    },
    // The link is an upgrade; whoever asks for it as a page is told so, not that it does not exist.
    get("/v1/link", () => toAnswer(upgradeNeeded)),
    get("/v1/events", createEventsRoute({ workspaces, streams: deps.streams })),
    get("/v1/board", createBoardRoute({ workspaces })),
    get("/v1/tasks", createListRoute({ workspaces }, "tasks", staleTasks)),
    get("/v1/tasks/:id", createListRoute({ workspaces }, "task", staleTask)),
    get("/v1/projects", createListRoute({ workspaces }, "projects")),
    get("/v1/workspaces", createListRoute({ workspaces }, "workspaces")),
    get("/v1/workflows", createListRoute({ workspaces }, "workflows", staleWorkflows)),
    get("/v1/memory", createListRoute({ workspaces }, "memory", staleMemory)),
    get("/v1/jobs", createListRoute({ workspaces }, "jobs")),
    get("/v1/conversation", createListRoute({ workspaces }, "conversation")),
  ];
}

const upgradeNeeded: Refusal = {
  status: 426,
  code: "upgrade_required",
  message: "The link is a WebSocket.",
  hint: "Connect with a WebSocket client and the subprotocol kingly.1.",
  headers: { Upgrade: "websocket", Connection: "Upgrade" },
};
