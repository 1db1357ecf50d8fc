// A gateway's whole front over a real server: door, routes, links; behind it workspaces with a real journal.
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDoor } from "@kingly/door";
import type { JsonObject, LinkClient } from "@kingly/link";
import { connectHttp, createEventStreams, createLinkClient } from "@kingly/link";
import { connectWebSocket, createHttpSockets, createWebSocketAcceptor } from "@kingly/link/node";
import { createReflex } from "@kingly/reflex";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import type { Clock } from "@kingly/runtime";
import { createConnectionCaps } from "../src/limits/connection-caps.ts";
import { createJoinLink } from "../src/join-link.ts";
import { createFairIntake } from "../src/limits/fair-intake.ts";
import { createRateLimits } from "../src/limits/rate-limits.ts";
import type { TurnBudget } from "../src/limits/turn-budget.ts";
import { createMetrics } from "../src/metrics.ts";
import { createOnLink } from "../src/on-link.ts";
import { createPersonOf } from "../src/people.ts";
import { createRoutes } from "../src/routes/routes.ts";
import { createLinkUpgrade } from "../src/routes/upgrade.ts";
import { createSnapshots } from "../src/snapshots.ts";
import { openWorkspace } from "../src/workspace.ts";
import { createWorkspaces } from "../src/workspaces.ts";
import { toRates } from "../src/config-rates.ts";
import type { WrittenRates } from "../src/config-rates.ts";
import type { FakeOrchestrator } from "./fake-orchestrator.ts";
import { later, openTestJournal, until } from "./house.ts";

export const houseToken = "the-token-of-the-house";
export const tokenOf = (name: string): string => `the-token-of-${name}-0123456789`;

/** One page or program on a link, and all it was told. */
export interface Tab {
  readonly client: LinkClient;
  readonly replies: { readonly id: string; readonly text: string; readonly by: string; readonly state: string }[];
  readonly states: string[];
  readonly lines: string[];
  readonly notes: unknown[];
  readonly refused: string[];
}

/** How a tab is connected. */
export type Way = "WebSocket" | "HTTP";

export interface DoorHouse {
  readonly url: string;
  fetch(token: string, path: string, init?: RequestInit): Promise<Response>;
  say(token: string, text: string, extra?: object): Promise<Response>;
  /** Opens a link and waits until it is there. */
  tab(token: string, workspace?: string): Promise<Tab>;
}

/** Opens the front for these people; ann may enter `default`, bob `team` and `default`. */
export async function openDoorHouse(
  fake: FakeOrchestrator,
  options: {
    limits?: WrittenRates;
    caps?: { total: number; owner: number; person: number };
    askAgainMs?: number;
    clock?: Clock;
    budget?: TurnBudget;
    /** How tabs are connected. */
    way?: Way;
  } = {},
): Promise<DoorHouse> {
  const clock = createSystemClock();
  const deps = { clock, random: createSystemRandom(), log: createSilentLog() };
  const journal = await openTestJournal();
  const hash = (name: string): string => createHash("sha256").update(tokenOf(name)).digest("hex");
  const people = [
    { name: "ann", tokenSha256: hash("ann") },
    { name: "bob", tokenSha256: hash("bob"), workspaces: ["team", "default"] },
  ];
  const workspaces = createWorkspaces(async (id) => {
    const contents = await journal.contents();
    const orchestratorUrl = fake.url();
    const both = { ...deps, journal, reflex: createReflex() };
    return openWorkspace(both, { id, orchestratorUrl, token: houseToken, contents });
  });
  const personOf = createPersonOf(people, "default");
  const rates = createRateLimits({ clock: options.clock ?? clock }, toRates(options.limits));
  const caps = createConnectionCaps(options.caps);
  const snapshots = createSnapshots();
  const intake = createFairIntake({ clock, nextTurn: (run) => void setImmediate(run) });
  const budget = options.budget ?? { admit: () => true, refused: () => 0 };
  const link = createOnLink({ ...deps, snapshots, budget, turnEnd: () => Promise.resolve() }, () => {});
  const metrics = createMetrics(workspaces, () => link.connections(), { rates, budget, snapshots });
  const acceptor = createWebSocketAcceptor();
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const askAgainMs = options.askAgainMs ?? 10_000;
  const joinLink = createJoinLink({ link, rates, intake, askAgainMs });
  const door = createDoor(deps, {
    token: houseToken,
    people,
    hosts: [host],
    origins: [`http://${host}`],
    routes: createRoutes({
      clock,
      workspaces,
      metrics,
      personOf,
      rates,
      budget,
      caps,
      snapshots,
      streams: createEventStreams(deps),
      httpSockets: createHttpSockets(randomUUID),
      joinLink,
      pageFolder: import.meta.dirname,
      makeId: () => `u${Math.trunc(clock.monotonicMs() * 1000)}`,
      sessionCookie: (who) => door.sessionCookie(who),
    }),
    upgrades: [createLinkUpgrade({ workspaces, acceptor, personOf, rates, caps, joinLink })],
  });
  server.on("request", door.handle);
  server.on("upgrade", door.upgrade);
  later(async () => {
    door.close();
    link.close();
    await acceptor.close();
    workspaces.close();
    server.closeAllConnections();
    server.close();
  });
  const house: DoorHouse = {
    url: `http://${host}`,
    fetch: (token, path, init = {}) =>
      fetch(`http://${host}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      }),
    say: (token, text, extra = {}) =>
      house.fetch(token, "/v1/utterances", { method: "POST", body: JSON.stringify({ text, ...extra }) }),
    async tab(token, workspace = "default") {
      const tab: Omit<Tab, "client"> = { replies: [], states: [], lines: [], notes: [], refused: [] };
      let isOpen = false;
      const headers = { authorization: `Bearer ${token}` };
      const url = `ws://${host}/v1/link?workspace=${workspace}`;
      const streamUrl = `http://${host}/v1/stream?workspace=${workspace}`;
      const client = createLinkClient(
        {
          ...deps,
          connect: (signal) =>
            options.way === "HTTP"
              ? connectHttp({ streamUrl, headers }, signal)
              : connectWebSocket(url, { signal, headers }),
        },
        {
          onEvent: (events) => void tab.lines.push(...events.map(({ body }) => String(body["line"]))),
          onReply: (id, { reply }) => void tab.replies.push({ id, ...(reply as JsonObject) } as Tab["replies"][number]),
          onState: (id, state) => void tab.states.push(`${id} ${state}`),
          onRefused: (_, { code }) => void tab.refused.push(code),
          onNote: (note) => void tab.notes.push(note),
          onStatus: (status) => void (isOpen = status === "open"),
          settledBy: (_, body) => (body["reply"] as JsonObject)["state"] !== "heard",
        },
      );
      later(() => client.close());
      await until(() => isOpen);
      return { client, ...tab };
    },
  };
  return house;
}
