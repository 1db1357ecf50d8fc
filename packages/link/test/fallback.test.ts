import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect as connectTcp } from "node:net";
import type { AddressInfo } from "node:net";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createManualClock } from "@kingly/runtime/testing";
import { afterEach, describe, expect, test } from "vitest";
import { connectAnywhere, createStorageOutbox } from "../src/browser/index.ts";
import {
  connectEventStream,
  connectWithFallback,
  createEventStreams,
  createLinkClient,
  createLinkServer,
} from "../src/index.ts";
import type { LinkClient, LinkClientOptions, Socket } from "../src/index.ts";
import { createWebSocketAcceptor, responseToSink } from "../src/node/index.ts";
import { createMemoryEventLog } from "./memory-event-log.ts";
import type { MemoryEventLog } from "./memory-event-log.ts";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

interface House {
  readonly events: MemoryEventLog;
  /** Ids of says in the order of arrival, each with the way it came. */
  readonly heard: string[];
  /** What the next POSTs are answered with instead of a reply. */
  readonly refusals: number[];
  sockets(): number;
  port: number;
}

/** A server that speaks both ways. */
async function openHouse(): Promise<House> {
  const events = createMemoryEventLog();
  const heard: string[] = [];
  const refusals: number[] = [];
  const link = createLinkServer<null>(deps, {
    eventLog: () => events,
    onSay(say) {
      heard.push(`ws ${say.id}`);
      say.respond.reply({ ok: say.body["text"] });
    },
    onAsk: () => ({ ok: true, value: "answer" }),
  });
  const acceptor = createWebSocketAcceptor();
  const streams = createEventStreams(deps);
  const answer = (response: ServerResponse, status: number, body: object): void => {
    const later: Record<string, string> = status === 429 ? { "retry-after": "1" } : {};
    response.writeHead(status, { "content-type": "application/json", ...later }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://house");
    if (request.method === "GET") {
      const start = { after: searchParams.get("after"), comments: searchParams.get("comments") };
      streams.open(events, start, responseToSink(response));
      return;
    }
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const { id, text: said } = JSON.parse(text) as { id: string; text: string };
      heard.push(`post ${id}`);
      const status = refusals.shift();
      if (status === undefined) answer(response, 200, { ok: said });
      else answer(response, status, { error: { code: "no_good", message: "no", hint: "other" } });
    });
  });
  server.on("upgrade", (request, socket, head) =>
    acceptor.handleUpgrade(request, socket, head, (socket) => void link.accept(socket, null)),
  );
  cleanups.push(() => link.close());
  return { events, heard, refusals, sockets: () => link.connections(), port: await listen(server) };
}

/** A proxy that forwards HTTP and, as long as it must, does something else with upgrades. */
async function openProxy(
  target: number,
): Promise<{ port: number; upgrades: "refuse" | "swallow" | "pass"; cut(): void }> {
  const server = createServer((request: IncomingMessage, response) => {
    const { method, url, headers } = request;
    const forward = httpRequest({ host: "127.0.0.1", port: target, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    forward.on("error", () => response.destroy());
    response.on("close", () => forward.destroy());
    request.pipe(forward);
  });
  const proxy = {
    port: 0,
    upgrades: "refuse" as "refuse" | "swallow" | "pass",
    cut: () => server.closeAllConnections(),
  };
  server.on("upgrade", (request, socket) => {
    socket.on("error", () => {});
    cleanups.push(() => socket.destroy());
    if (proxy.upgrades === "swallow") return;
    if (proxy.upgrades === "refuse") {
      socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const far = connectTcp(target, "127.0.0.1");
    far.on("error", () => {});
    cleanups.push(() => far.destroy());
    const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    far.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    far.pipe(socket).pipe(far);
  });
  proxy.port = await listen(server);
  return proxy;
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
}

function openClient(
  connect: (signal: AbortSignal) => Promise<Socket>,
  options: Partial<LinkClientOptions> = {},
): LinkClient & { seen: number[]; states: string[]; status(): string; replies: string[]; refused: string[] } {
  const seen: number[] = [];
  const states: string[] = [];
  const replies: string[] = [];
  const refused: string[] = [];
  const client = createLinkClient(
    { ...deps, connect },
    {
      onEvent: (events) => void seen.push(...events.map((event) => event.seq)),
      onStatus: (next) => void states.push(next),
      onReply: (id) => void replies.push(id),
      onRefused: (id, { code }) => void refused.push(`${id} ${code}`),
      limits: { reconnectMinMs: 1, reconnectMaxMs: 20 },
      ...options,
    },
  );
  cleanups.push(() => client.close());
  return { ...client, seen, states, replies, refused, status: () => states.at(-1) ?? "" };
}

const addressOf = (port: number): { eventsUrl: string; sayUrl: string; webSocketUrl: string } => ({
  eventsUrl: `http://127.0.0.1:${port}/v1/events`,
  sayUrl: `http://127.0.0.1:${port}/v1/utterances`,
  webSocketUrl: `ws://127.0.0.1:${port}/v1/link`,
});
const range = (to: number): number[] => Array.from({ length: to }, (_, at) => at + 1);

describe("a link where WebSockets do not pass", () => {
  test.each(["refuse", "swallow"] as const)(
    "[LK39][LK42] a proxy that would %s upgrades: everything once and in order by HTTP, and by WebSocket when it may",
    async (upgrades) => {
      const house = await openHouse();
      const proxy = await openProxy(house.port);
      proxy.upgrades = upgrades;
      const storage = new Map<string, string>();
      const outbox = createStorageOutbox({
        storage: { getItem: (key) => storage.get(key) ?? null, setItem: (key, text) => void storage.set(key, text) },
        clock: deps.clock,
      });
      house.events.append(5);
      const client = openClient(connectAnywhere(deps, { ...addressOf(proxy.port), againMs: 30 }), {
        outbox,
        startFrom: "start",
      });
      await until(() => client.status() === "open");
      expect(house.sockets()).toBe(0);
      for (let n = 1; n <= 10; n += 1) {
        house.events.append(20);
        await client.say(`u${n}`, { text: "hi" });
        if (n % 3 === 0) {
          proxy.cut();
          await until(() => client.status() !== "open");
        }
      }
      await until(() => client.seen.length === 205 && client.replies.length >= 10 && outbox.size() === 0);
      expect(client.seen).toEqual(range(205));
      expect([...new Set(house.heard)]).toEqual(range(10).map((n) => `post u${n}`));
      expect(await client.ask("anything", null)).toMatchObject({ ok: false, error: { code: "offline" } });

      proxy.upgrades = "pass";
      await until(() => house.sockets() === 1 && client.status() === "open");
      house.events.append(3);
      await client.say("last", { text: "hi" });
      await until(() => client.seen.length === 208 && outbox.size() === 0);
      expect(client.seen).toEqual(range(208));
      expect(house.heard.at(-1)).toBe("ws last");
      expect(await client.ask("anything", null)).toEqual({ ok: true, value: "answer" });
      expect(client.states).not.toContain("closed");
    },
  );

  test("[LK39] a refusal refuses, a server that is busy is asked again, a session that ended breaks the connection", async () => {
    const house = await openHouse();
    const client = openClient(async () => connectEventStream(addressOf(house.port)));
    await until(() => client.status() === "open");
    house.refusals.push(409, 503, 429);
    await client.say("refused", { text: "x" });
    await client.say("busy", { text: "x" });
    await client.say("late", { text: "x" });
    await until(() => client.replies.includes("busy") && client.replies.includes("late"));
    expect(client.refused).toEqual(["refused no_good"]);
    expect(house.heard.filter((one) => one === "post busy").length).toBeGreaterThan(1);
    house.refusals.push(401);
    const before = client.states.length;
    await client.say("again", { text: "x" });
    await until(() => client.replies.includes("again"));
    expect(client.states.slice(before)).toContain("waiting");
  });

  test("[LK39] who comes too often is told when to come again, and comes then", async () => {
    const house = await openHouse();
    house.refusals.push(429);
    // Without the server's word it would be an hour.
    const limits = { reconnectMinMs: 3_600_000, reconnectMaxMs: 3_600_000 };
    const client = openClient(async () => connectEventStream(addressOf(house.port)), { limits });
    await until(() => client.status() === "open");
    await client.say("late", { text: "x" });
    await until(() => client.replies.includes("late"));
    expect(house.heard).toEqual(["post late", "post late"]);
  });

  test("[LK39] a stream that trims, changes its epoch or starts from now says so as a WebSocket does", async () => {
    const house = await openHouse();
    house.events.append(3);
    const positions: number[] = [];
    const client = openClient(async () => connectEventStream(addressOf(house.port)), {
      onResync: ({ head }) => void positions.push(head),
    });
    await until(() => client.status() === "open");
    house.events.append(1);
    await until(() => client.seen.length === 1);
    house.events.restore("e2", 9);
    await until(() => positions.length === 1);
    house.events.append(1);
    await until(() => client.seen.length === 2);
    expect(client.seen).toEqual([4, 10]);
    expect(positions).toEqual([9]);
  });

  test("[LK39][LK30] a quiet stream is alive by its comments, as often as was asked", async () => {
    const clock = createManualClock();
    const chunks: string[] = [];
    const streams = createEventStreams({ clock, log: createSilentLog() });
    const events = createMemoryEventLog();
    const sink = {
      write: (text: string) => chunks.push(text) > 0,
      onDrain() {},
      onClose() {},
      end() {},
    };
    streams.open(events, { comments: "1500" }, sink);
    expect(chunks).toEqual(['event: hello\ndata: {"epoch":"e1","head":0,"low":1,"commentMs":1500}\n\n']);
    clock.advance(1_500);
    expect(chunks.at(-1)).toBe(": still here\n\n");
    clock.advance(1_500);
    expect(chunks).toHaveLength(3);
    for (const comments of ["999", "15001", "x", "1e3", "", null]) {
      chunks.length = 0;
      streams.open(events, { comments }, sink)();
      expect(chunks).toEqual(['event: hello\ndata: {"epoch":"e1","head":0,"low":1}\n\n']);
    }
    clock.advance(20_000);
  });

  test("[LK39][LK19] a stream that falls silent is noticed and opened again", async () => {
    const house = await openHouse();
    const reasons: string[] = [];
    const client = openClient(async () => connectEventStream(addressOf(house.port)), {
      onStatus: (_, { reason }) => void (reason === undefined ? 0 : reasons.push(reason)),
      // Comments come every 1,500 ms: to one who gives up after 60 ms this stream is dead.
      limits: { idleMs: 20, deadMs: 60, reconnectMinMs: 1, reconnectMaxMs: 20 },
    });
    await until(() => reasons.length > 0);
    expect(reasons[0]).toBe("the server is silent");
    house.events.append(2);
    await until(() => client.seen.length === 2);
    expect(client.seen).toEqual([1, 2]);
  });

  test("[LK42] a first way that opens and never speaks is passed over the next time, and then tried again", async () => {
    const tried: string[] = [];
    const mute = (name: string): Socket => ({
      listen(listener) {
        if (name === "second") listener.onMessage('{"t":"hello","epoch":"e1","head":0,"low":1}');
        queueMicrotask(() => listener.onClose(1006, "lost"));
      },
      send() {},
      close() {},
      bufferedBytes: () => 0,
    });
    const way = (name: string) => async (): Promise<Socket> => {
      tried.push(name);
      return mute(name);
    };
    const client = openClient(connectWithFallback(deps, { first: way("first"), second: way("second") }));
    await until(() => tried.length >= 4);
    client.close();
    expect(tried.slice(0, 4)).toEqual(["first", "second", "first", "second"]);
  });
});

describe("an outbox over a storage", () => {
  const open = (kept: Map<string, string>, options?: { key?: string; maxEntries?: number }) =>
    createStorageOutbox(
      {
        storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) },
        clock: createManualClock(),
      },
      options,
    );

  test("[LK43] what waits is there after a reload, in order, and what is settled is not", () => {
    const kept = new Map<string, string>();
    const before = open(kept);
    for (const id of ["a", "b", "c"]) expect(before.add(id, { text: id }).ok).toBe(true);
    before.add("a", { text: "another" });
    before.remove("b");
    const after = open(kept);
    expect(after.list(0, 10).map(({ id, body }) => [id, body])).toEqual([
      ["a", { text: "a" }],
      ["c", { text: "c" }],
    ]);
    expect(after.waiting().map(({ keptAtMs }) => typeof keptAtMs)).toEqual(["number", "number"]);
    expect(open(kept, { key: "another" }).size()).toBe(0);
  });

  test("[LK43] it is bounded, a storage without room is a fault that keeps nothing, and rubbish is left out", () => {
    const kept = new Map<string, string>();
    const small = open(kept, { maxEntries: 2 });
    small.add("a", {});
    small.add("b", {});
    expect(small.add("c", {})).toMatchObject({ ok: false, error: { code: "outbox_full" } });
    expect(open(kept, { maxEntries: 1 }).size()).toBe(1);
    const full = createStorageOutbox({
      storage: {
        getItem: () => null,
        setItem() {
          throw new Error("QuotaExceededError");
        },
      },
      clock: createManualClock(),
    });
    expect(full.add("a", {})).toMatchObject({ ok: false, error: { code: "outbox_full" } });
    expect([full.size(), full.list(0, 9)]).toEqual([0, []]);
    for (const text of ["{", "7", "null", "[null]", '[{"id":"a b","body":{}}]', '[{"id":"a","body":[]}]']) {
      expect(open(new Map([["kingly.outbox", text]])).size()).toBe(0);
    }
  });
});
