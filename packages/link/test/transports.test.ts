import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { text as readText } from "node:stream/consumers";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { closeCodes, connectHttp, createLinkClient, createLinkServer, createMemoryOutbox } from "../src/index.ts";
import type {
  Answer,
  Connect,
  LinkClient,
  LinkClientOptions,
  LinkConnection,
  LinkServerOptions,
  Position,
  Socket,
} from "../src/index.ts";
import { connectWebSocket, createHttpSockets, createWebSocketAcceptor } from "../src/node/index.ts";
import { createMemoryEventLog } from "./memory-event-log.ts";
import type { MemoryEventLog } from "./memory-event-log.ts";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Way = "WebSocket" | "HTTP";

interface House {
  readonly port: number;
  readonly events: MemoryEventLog;
  /** The connections that were accepted, and their sockets, oldest first. */
  readonly connections: LinkConnection[];
  readonly sockets: Socket[];
  /** How many are open. */
  open(): number;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A server that speaks both ways, to the same link. */
async function openHouse(
  options: Partial<LinkServerOptions<null>> = {},
  events = createMemoryEventLog(),
): Promise<House> {
  const link = createLinkServer<null>(deps, {
    eventLog: () => events,
    onSay: (say) => say.respond.reply({ ok: say.body["text"] }),
    onAsk: ({ question }) => ({ ok: true, value: question }),
    ...options,
  });
  const connections: LinkConnection[] = [];
  const sockets: Socket[] = [];
  const accept = (socket: Socket): void => {
    sockets.push(socket);
    connections.push(link.accept(socket, null));
  };
  const acceptor = createWebSocketAcceptor();
  const httpSockets = createHttpSockets(randomUUID);
  const server = createServer((request, response) => {
    const owner = request.headers.authorization ?? "";
    if (request.method === "GET") return accept(httpSockets.open(response, owner));
    void readText(request)
      .then((text) => httpSockets.post(request.url?.split("/").at(-1) ?? "", owner, text))
      .then((outcome) => response.writeHead({ taken: 204, unknown: 404, busy: 429 }[outcome]).end());
    return undefined;
  });
  server.on("upgrade", (request, socket, head) => acceptor.handleUpgrade(request, socket, head, accept));
  const port = await listen(server);
  cleanups.push(async () => {
    link.close();
    await acceptor.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port, events, connections, sockets, open: () => link.connections() };
}

/** A network that can be cut, stand still, or swallow everything from now on. */
async function openNetwork(
  target: number,
): Promise<{ port: number; cut(): void; stop(): void; goOn(): void; silence(): void }> {
  const pipes = new Set<TcpSocket>();
  let isSilent = false;
  const server = createTcpServer((near) => {
    const far = connectTcp(target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      pipes.add(from);
      from.on("data", (part: Buffer) => isSilent || to.write(part));
      from.on("error", () => {});
      from.on("close", () => {
        pipes.delete(from);
        if (!isSilent) to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const pipe of pipes) pipe.destroy();
  };
  cleanups.push(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stop: () => pipes.forEach((pipe) => pipe.pause()),
    goOn: () => pipes.forEach((pipe) => pipe.resume()),
    silence: () => void (isSilent = true),
  };
}

const connectTo = (way: Way, port: number): Connect =>
  way === "WebSocket"
    ? (signal) => connectWebSocket(`ws://127.0.0.1:${port}/v1/link`, { signal })
    : (signal) => connectHttp({ streamUrl: `http://127.0.0.1:${port}/v1/stream?of=house` }, signal);

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
}

interface Follower extends LinkClient {
  readonly seen: number[];
  readonly told: unknown[];
  readonly reasons: string[];
  status(): string;
}

function openClient(connect: Connect, options: Partial<LinkClientOptions> = {}): Follower {
  const seen: number[] = [];
  const told: unknown[] = [];
  const reasons: string[] = [];
  let status = "";
  const client = createLinkClient(
    { ...deps, connect },
    {
      onEvent: (events) => void seen.push(...events.map((event) => event.seq)),
      onReply: (id, body) => void told.push({ id, ...body }),
      onState: (id, state) => void told.push({ id, state }),
      onNote: (note) => void told.push({ note }),
      onRefused: (id, { code }) => void told.push({ id, refused: code }),
      onStatus: (next, { reason }) => {
        status = next;
        if (reason !== undefined) reasons.push(reason);
      },
      limits: { reconnectMinMs: 1, reconnectMaxMs: 20 },
      ...options,
    },
  );
  cleanups.push(() => client.close());
  return { ...client, seen, told, reasons, status: () => status };
}

const range = (to: number): number[] => Array.from({ length: to }, (_, at) => at + 1);

describe.each(["WebSocket", "HTTP"] as const)("the link over %s", (way) => {
  test("[LK39][LK8][LK20][LK25] events and says arrive once and in order through cuts", async () => {
    const heard: string[] = [];
    const house = await openHouse({
      onSay(say) {
        if (!heard.includes(say.id)) heard.push(say.id);
        say.respond.reply({});
      },
    });
    const network = await openNetwork(house.port);
    const outbox = createMemoryOutbox();
    house.events.append(5);
    const client = openClient(connectTo(way, network.port), { outbox, startFrom: "start" });
    await until(() => client.status() === "open");
    for (let n = 1; n <= 20; n += 1) {
      house.events.append(20);
      await client.say(`u${n}`, {});
      if (n % 5 === 0) {
        network.cut();
        await until(() => client.status() !== "open");
      }
    }
    await until(() => client.seen.length === 405 && outbox.size() === 0);
    expect(client.seen).toEqual(range(405));
    expect(heard).toEqual(range(20).map((n) => `u${n}`));
  });

  test("[LK39][LK20] what an app says is never read as the stream's own words, whatever line signs are in it", async () => {
    const events = createMemoryEventLog();
    const house = await openHouse({}, events);
    const told: unknown[] = [];
    const client = openClient(connectTo(way, house.port), {
      onEvent: (rows) => void told.push(...rows.map(({ body }) => body["text"])),
    });
    await until(() => client.status() === "open");
    const texts = ["\u2028", "\u2029", "\r", "\n\n", "\v", "\f", "\u0085"].flatMap((sign) => [
      `one${sign}two`,
      `${sign}event: close${sign}data: {"code":1008,"reason":"no"}${sign}`,
      `${sign}event: probe${sign}`,
    ]);
    for (const text of texts) events.appendBody({ text });
    await until(() => told.length === texts.length || client.reasons.length > 0);
    expect(client.reasons).toEqual([]);
    expect(told).toEqual(texts);
  });

  test("[LK39][LK18][LK27] questions are answered, refused, or end at their deadline, each by itself", async () => {
    const house = await openHouse({
      limits: { maxAsks: 4 },
      onAsk({ question, params }): Answer | Promise<Answer> {
        if (question === "hang") return new Promise(() => {});
        if (question === "no") return { ok: false, error: { code: "not_found", message: "no" } };
        return { ok: true, value: params };
      },
    });
    const client = openClient(connectTo(way, house.port));
    await until(() => client.status() === "open");
    expect(await client.ask("echo", { tea: [4, null] })).toEqual({ ok: true, value: { tea: [4, null] } });
    expect(await client.ask("no", null)).toMatchObject({ ok: false, error: { code: "not_found", message: "no" } });
    const hanging = range(4).map(() => client.ask("hang", null, { deadlineMs: 300 }));
    expect(await client.ask("hang", null)).toMatchObject({ error: { code: "busy" } });
    for (const answer of await Promise.all(hanging)) expect(answer).toMatchObject({ error: { code: "deadline" } });
  });

  test("[LK39][LK16][LK41] notes come at once and whenever they change; a say has any number of replies and states", async () => {
    const house = await openHouse({
      onSay({ respond }) {
        respond.reply({ state: "heard" });
        respond.state("working");
        void Promise.resolve().then(() => {
          respond.reply({ state: "done" });
          respond.state("closed");
        });
      },
    });
    const client = openClient(connectTo(way, house.port), { settledBy: (_, { state }) => state === "done" });
    await until(() => house.connections.length === 1);
    house.connections[0]?.note({ back: "away" });
    await until(() => client.status() === "open");
    house.connections[0]?.note({ back: "there", suggest: { items: [] } });
    await client.say("u1", { text: "tea" });
    await until(() => client.told.length === 6);
    expect(client.told).toEqual([
      { note: { back: "away" } },
      { note: { back: "there", suggest: { items: [] } } },
      { id: "u1", state: "heard" },
      { id: "u1", state: "working" },
      { id: "u1", state: "done" },
      { id: "u1", state: "closed" },
    ]);
  });

  test("[LK39][LK25] a refusal refuses, and who comes too often comes again when the server says", async () => {
    const heard: string[] = [];
    const house = await openHouse({
      onSay({ id, respond }) {
        heard.push(id);
        const isFirst = heard.filter((one) => one === id).length === 1;
        if (id === "wrong") respond.error({ code: "no_good", message: "no", hint: "other" });
        else if (isFirst) respond.error({ code: "rate_limited", message: "", hint: "", retryAfterMs: 250 });
        else respond.reply({});
      },
    });
    // Without the server's word it would be an hour.
    const limits = { reconnectMinMs: 3_600_000, reconnectMaxMs: 3_600_000 };
    const client = openClient(connectTo(way, house.port), { limits });
    await until(() => client.status() === "open");
    await client.say("wrong", {});
    await client.say("late", {});
    await until(() => client.told.length === 2);
    expect(client.told).toEqual([{ id: "wrong", refused: "no_good" }, { id: "late" }]);
    expect(heard).toEqual(["wrong", "late", "late"]);
  });

  test("[LK39][LK36][LK23] a log that lost its end and grew again is noticed by its chain, and a new epoch by its name", async () => {
    const house = await openHouse({}, createMemoryEventLog({ chained: true }));
    const network = await openNetwork(house.port);
    const resyncs: Position[] = [];
    const client = openClient(connectTo(way, network.port), { onResync: (position) => void resyncs.push(position) });
    await until(() => client.status() === "open");
    house.events.append(5);
    await until(() => client.seen.length === 5);
    network.cut();
    await until(() => client.status() !== "open");
    house.events.loseAndRefill(2, 4);
    await until(() => resyncs.length === 1);
    house.events.restore("e2", 9);
    await until(() => resyncs.length === 2);
    house.events.append(1);
    await until(() => client.seen.length === 6);
    expect(resyncs.map(({ epoch, head }) => [epoch, head])).toEqual([
      ["e1", 7],
      ["e2", 9],
    ]);
    expect(client.seen).toEqual([1, 2, 3, 4, 5, 10]);
  });

  test("[LK39][LK29] close code 1008 ends the client for good, any other is a loss", async () => {
    const house = await openHouse();
    const client = openClient(connectTo(way, house.port));
    await until(() => client.status() === "open");
    house.connections[0]?.close(closeCodes.slow, "slow");
    await until(() => house.connections.length === 2 && client.status() === "open");
    house.connections[1]?.close(closeCodes.auth, "logged out");
    await until(() => client.status() === "closed");
    expect(client.reasons).toEqual(["slow", "logged out"]);
  });

  test("[LK39][LK19] a network that swallows everything is noticed by both sides", async () => {
    const times = { idleMs: 20, deadMs: 100 };
    const house = await openHouse({ limits: times });
    const network = await openNetwork(house.port);
    const client = openClient(connectTo(way, network.port), { limits: { ...times, connectMs: 100 } });
    await until(() => client.status() === "open");
    network.silence();
    await until(() => client.reasons.length > 0 && house.open() === 0);
    expect(client.reasons[0]).toBe("the server is silent");
  });

  test("[LK39][LK10][LK17] what does not fit a frame is told as such, and the rest goes on", async () => {
    const house = await openHouse({
      onSay: ({ id, respond }) => respond.reply(id === "large" ? { text: "x".repeat(65_536) } : {}),
    });
    const client = openClient(connectTo(way, house.port));
    await until(() => client.status() === "open");
    house.events.appendBody({ text: "y".repeat(65_000) });
    await client.say("full", { text: "x".repeat(65_400) });
    await client.say("large", {});
    await client.say("small", {});
    await until(() => client.told.length === 3 && client.seen.length === 1);
    expect(client.told).toEqual([{ id: "full" }, { id: "large", refused: "too_large" }, { id: "small" }]);
    expect(await client.say("over", { text: "x".repeat(65_536) })).toMatchObject({ error: { code: "too_large" } });
  });

  test("[LK39][LK12] a reader that stops does not fill the server's memory, and gets everything when it goes on", async () => {
    const house = await openHouse();
    const network = await openNetwork(house.port);
    const client = openClient(connectTo(way, network.port), { startFrom: "start" });
    await until(() => client.status() === "open");
    network.stop();
    let most = 0;
    for (let n = 1; n <= 2_000; n += 1) {
      house.events.appendBody({ text: "x".repeat(10_000) });
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, house.sockets[0]?.bufferedBytes() ?? 0);
    }
    network.goOn();
    await until(() => client.seen.length === 2_000);
    expect(client.seen).toEqual(range(2_000));
    expect([most > 32_768, most < 2 * 65_536]).toEqual([true, true]);
  });
});

describe("plain HTTP", () => {
  const stream = (house: House, owner: string, signal: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${house.port}/v1/stream`, { headers: { authorization: owner }, signal });

  test("[LK39] only the owner of a socket may post to it, and nobody when it is gone", async () => {
    const heard: string[] = [];
    const house = await openHouse({ onSay: (say) => void heard.push(say.id) });
    const leave = new AbortController();
    const response = await stream(house, "ann", leave.signal);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader?.read())?.value ?? "";
    const id = /data: (\S+)/.exec(first)?.[1] ?? "";
    const post = async (owner: string, socket: string, frame: object): Promise<number> => {
      const headers = { authorization: owner };
      const body = JSON.stringify(frame);
      return (await fetch(`http://127.0.0.1:${house.port}/v1/stream/${socket}`, { method: "POST", headers, body }))
        .status;
    };
    expect(await post("ann", id, { t: "hello", after: null })).toBe(204);
    expect(await post("bob", id, { t: "say", id: "u1" })).toBe(404);
    expect(await post("ann", "another", { t: "say", id: "u2" })).toBe(404);
    expect(await post("ann", id, { t: "say", id: "u3" })).toBe(204);
    leave.abort();
    await reader?.read().catch(() => {});
    while ((await post("ann", id, { t: "say", id: "u4" })) === 204);
    expect(heard.filter((one) => one !== "u4")).toEqual(["u3"]);
  });

  test("[LK39] posts to a paused socket wait in order, 16 at most", async () => {
    const heard: string[] = [];
    const sockets = createHttpSockets(() => "s1");
    const server = createServer((_, response) => {
      const socket = sockets.open(response, "ann");
      socket.listen({ onMessage: (text) => void heard.push(text), onClose() {}, onDrain() {}, onAlive() {} });
      socket.pause?.();
      resume = () => socket.resume?.();
    });
    let resume = (): void => {};
    const port = await listen(server);
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    await fetch(`http://127.0.0.1:${port}`);
    const posts = range(17).map((n) => sockets.post("s1", "ann", String(n)));
    expect(await posts[16]).toBe("busy");
    expect(heard).toEqual([]);
    resume();
    expect(new Set(await Promise.all(posts.slice(0, 16)))).toEqual(new Set(["taken"]));
    expect(heard).toEqual(range(16).map(String));
  });

  test.each([400, 413, 401, 404, 500])("[LK39] a POST that is answered with %i", async (status) => {
    const refusals = [status];
    const sockets = createHttpSockets(randomUUID);
    const events = createMemoryEventLog();
    const link = createLinkServer<null>(deps, {
      eventLog: () => events,
      onSay: (say) => say.respond.reply({}),
      onAsk: () => ({ ok: true, value: null }),
    });
    const server = createServer((request, response) => {
      if (request.method === "GET") return void link.accept(sockets.open(response, ""), null);
      void readText(request).then(async (text) => {
        const refusal = text.includes('"say"') ? refusals.shift() : undefined;
        if (refusal === undefined) {
          await sockets.post(request.url?.split("/").at(-1) ?? "", "", text);
          response.writeHead(204).end();
        } else response.writeHead(refusal).end('{"error":{"code":"no_good","message":"no","hint":"other"}}');
      });
      return undefined;
    });
    const port = await listen(server);
    cleanups.push(() => {
      link.close();
      server.closeAllConnections();
      server.close();
    });
    const client = openClient(connectTo("HTTP", port));
    await until(() => client.status() === "open");
    await client.say("u1", {});
    await until(() => client.told.length === 1);
    // What is wrong with the frame refuses it; all else is a loss, after which it is said again.
    const isRefused = status === 400 || status === 413;
    expect(client.told).toEqual([isRefused ? { id: "u1", refused: "no_good" } : { id: "u1" }]);
    expect(client.reasons.length > 0).toBe(!isRefused);
  });

  test("[LK39] a stream that is refused, or is none, is an attempt that failed", async () => {
    const server = createServer((request, response) => {
      const later = "event: kingly.2\ndata: s1\n\n";
      response.writeHead(request.url === "/refused" ? 503 : 200).end(request.url === "/later" ? later : "nothing");
    });
    const port = await listen(server);
    cleanups.push(() => server.close());
    const opening = (path: string): Promise<unknown> =>
      connectHttp({ streamUrl: `http://127.0.0.1:${port}${path}` }).catch((error: unknown) => error);
    expect(String(await opening("/refused"))).toContain("refused with 503");
    expect(String(await opening("/none"))).toContain("the stream ended");
    expect(String(await opening("/later"))).toContain("does not speak kingly.1");
    expect(String(await connectHttp({ streamUrl: "http://127.0.0.1:1/" }).catch((error: unknown) => error))).toContain(
      "fetch failed",
    );
  });
});
