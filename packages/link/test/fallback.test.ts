import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { connect as connectTcp } from "node:net";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createManualClock } from "@kingly/runtime/testing";
import { afterEach, describe, expect, test } from "vitest";
import { connectAnywhere, createStorageOutbox } from "../src/browser/index.ts";
import { connectWithFallback, createLinkClient, createLinkServer } from "../src/index.ts";
import type { LinkClient, LinkClientOptions, LinkConnection, Socket } from "../src/index.ts";
import { createHttpSockets, createWebSocketAcceptor } from "../src/node/index.ts";
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
  /** How many WebSockets are open. */
  webSockets(): number;
  port: number;
}

/** A server that speaks both ways. */
async function openHouse(): Promise<House> {
  const events = createMemoryEventLog();
  const heard: string[] = [];
  const open = new Set<LinkConnection>();
  const link = createLinkServer<"ws" | "http">(deps, {
    eventLog: () => events,
    onSay(say, way) {
      heard.push(`${way} ${say.id}`);
      say.respond.reply({ ok: say.body["text"] });
    },
    onAsk: (_, way) => ({ ok: true, value: `by ${way}` }),
  });
  const acceptor = createWebSocketAcceptor();
  const httpSockets = createHttpSockets(randomUUID);
  const server = createServer((request, response) => {
    if (request.method === "GET") return void link.accept(httpSockets.open(response, "ann"), "http");
    void readText(request)
      .then((text) => httpSockets.post(request.url?.split("/").at(-1) ?? "", "ann", text))
      .then((outcome) => response.writeHead(outcome === "taken" ? 204 : 404).end());
    return undefined;
  });
  server.on("upgrade", (request, stream, head) =>
    acceptor.handleUpgrade(request, stream, head, (socket) => {
      const connection = link.accept(socket, "ws");
      open.add(connection);
      stream.on("close", () => open.delete(connection));
    }),
  );
  cleanups.push(() => link.close());
  return { events, heard, webSockets: () => open.size, port: await listen(server) };
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

const addressOf = (port: number): { streamUrl: string; webSocketUrl: string } => ({
  streamUrl: `http://127.0.0.1:${port}/v1/stream`,
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
      expect(house.webSockets()).toBe(0);
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
      expect([...new Set(house.heard)]).toEqual(range(10).map((n) => `http u${n}`));
      expect(await client.ask("anything", null)).toEqual({ ok: true, value: "by http" });

      proxy.upgrades = "pass";
      await until(() => house.webSockets() === 1 && client.status() === "open");
      house.events.append(3);
      await client.say("last", { text: "hi" });
      await until(() => client.seen.length === 208 && outbox.size() === 0);
      expect(client.seen).toEqual(range(208));
      expect(house.heard.at(-1)).toBe("ws last");
      expect(await client.ask("anything", null)).toEqual({ ok: true, value: "by ws" });
      expect(client.states).not.toContain("closed");
    },
  );

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
