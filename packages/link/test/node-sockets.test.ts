import { once } from "node:events";
import { createServer, get } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { connectWebSocket as connectInBrowser } from "../src/browser/index.ts";
import { createEventStreams, createLinkClient, createLinkServer, isLinkError } from "../src/index.ts";
import type { LinkClient, LinkClientOptions, LinkServer, LinkServerOptions, Socket } from "../src/index.ts";
import { connectWebSocket, createWebSocketAcceptor, responseToSink } from "../src/node/index.ts";
import { createMemoryEventLog } from "./memory-event-log.ts";
import type { MemoryEventLog } from "./memory-event-log.ts";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface House {
  events: MemoryEventLog;
  link: LinkServer<null>;
  url: string;
  /** Server-side sockets, newest last. */
  sockets: Socket[];
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

/** A real HTTP server on loopback: the link at /v1/link, the stream at /v1/events. */
async function openHouse(options: Partial<LinkServerOptions<null>> = {}): Promise<House> {
  const events = createMemoryEventLog();
  const link = createLinkServer<null>(deps, {
    eventLog: () => events,
    onSay: (say) => say.respond.reply({ heard: say.body["text"] }),
    onAsk: ({ params }) => ({ ok: true, value: params }),
    ...options,
  });
  const acceptor = createWebSocketAcceptor();
  const streams = createEventStreams(deps);
  const sockets: Socket[] = [];
  const server: Server = createServer((request, response) => {
    const after = new URL(request.url ?? "", "http://house").searchParams.get("after");
    const lastEventId = request.headers["last-event-id"];
    streams.open(
      events,
      { after, lastEventId: typeof lastEventId === "string" ? lastEventId : null },
      responseToSink(response),
    );
  });
  server.on("upgrade", (request, socket, head) => {
    if (request.headers.authorization === "Bearer wrong") {
      socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
      return;
    }
    acceptor.handleUpgrade(request, socket, head, (socket) => {
      sockets.push(socket);
      link.accept(socket, null);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(async () => {
    link.close();
    await acceptor.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { events, link, url: `ws://127.0.0.1:${portOf(server)}/v1/link`, sockets };
}

/** Waits for something that an event will bring; the test's own time limit is the only clock. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
}

function openClient(
  connect: (signal: AbortSignal) => Promise<Socket>,
  options: Partial<LinkClientOptions> = {},
): LinkClient & { seen: number[]; status(): string; reasons: string[] } {
  const seen: number[] = [];
  const reasons: string[] = [];
  let status = "";
  const client = createLinkClient(
    { ...deps, connect },
    {
      onEvent: (events) => void seen.push(...events.map((event) => event.seq)),
      onStatus(next, detail) {
        status = next;
        if (detail.reason !== undefined) reasons.push(detail.reason);
      },
      limits: { reconnectMinMs: 1, reconnectMaxMs: 20 },
      ...options,
    },
  );
  cleanups.push(() => client.close());
  return { ...client, seen, status: () => status, reasons };
}

/** A TCP path in the middle that can be cut, or go silent without telling anybody. */
async function openPath(targetUrl: string): Promise<{ url: string; cut(): void; freeze(): void }> {
  const target = new URL(targetUrl);
  const ends = new Set<TcpSocket>();
  const server = createTcpServer((near) => {
    const far = connectTcp(Number(target.port), "127.0.0.1");
    for (const end of [near, far]) {
      ends.add(end);
      end.on("error", () => {});
      end.on("close", () => ends.delete(end));
    }
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const end of ends) end.destroy();
  };
  cleanups.push(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `ws://127.0.0.1:${portOf(server)}/v1/link`,
    cut,
    freeze() {
      for (const end of ends) {
        end.unpipe();
        end.pause();
      }
    },
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe("real WebSockets", () => {
  test.each([
    ["Node", connectWebSocket],
    ["a browser", connectInBrowser],
  ])("[LK20][LK25][LK32] cut 20 times from %s, everything arrives once and in order, both ways", async (_, open) => {
    const heard: string[] = [];
    const { url, events } = await openHouse({
      onSay(say) {
        if (!heard.includes(say.id)) heard.push(say.id);
        say.respond.reply({ ok: true });
      },
    });
    const path = await openPath(url);
    const replied = new Set<string>();
    const client = openClient(async (signal) => open(path.url, { signal }), { onReply: (id) => void replied.add(id) });
    await until(() => client.status() === "open");
    for (let cut = 1; cut <= 20; cut += 1) {
      events.append(50);
      await client.say(`u${cut}`, { text: "hi" });
      if (cut % 2 === 0) await until(() => client.seen.length > cut * 25);
      path.cut();
      await until(() => client.status() !== "open");
      events.append(5);
      await until(() => client.status() === "open");
    }
    await until(() => client.seen.length >= 1_100 && replied.size === 20);
    expect(client.seen).toEqual(range(1, 1_100));
    expect(heard).toEqual(range(1, 20).map((n) => `u${n}`));
  });

  test("[LK18][LK27] a question crosses and comes back", async () => {
    const { url } = await openHouse();
    const client = openClient(async (signal) => connectWebSocket(url, { signal }));
    await until(() => client.status() === "open");
    expect(await client.ask("echo", { q: "tee é" })).toEqual({ ok: true, value: { q: "tee é" } });
  });

  test("[LK19] a half-open path is noticed on both sides, and the client comes back", async () => {
    // Real sockets with short times: the test waits for what happens, not for how long it took.
    const { url, events, link } = await openHouse({ limits: { idleMs: 20, deadMs: 60 } });
    const path = await openPath(url);
    const client = openClient(async (signal) => connectWebSocket(path.url, { signal }), {
      limits: { idleMs: 20, deadMs: 60, reconnectMinMs: 1, reconnectMaxMs: 20 },
    });
    await until(() => client.status() === "open");
    path.freeze();
    events.append(3);
    await until(() => client.seen.length === 3);
    expect(client.seen).toEqual([1, 2, 3]);
    expect(client.reasons).toContain("the server is silent");
    await until(() => link.connections() === 1);
  });

  test("[LK32] a frame of 70 KB closes 1009, a binary frame 1003", async () => {
    const { url, link } = await openHouse();
    for (const [payload, code] of [
      [JSON.stringify({ t: "hello", after: "x".repeat(70_000) }), 1009],
      [Buffer.from("{}"), 1003],
    ] as const) {
      const webSocket = new WebSocket(url, ["kingly.1"]);
      await once(webSocket, "open");
      expect([webSocket.protocol, webSocket.extensions]).toEqual(["kingly.1", ""]);
      webSocket.send(payload);
      const [closeCode] = (await once(webSocket, "close")) as [number];
      expect(closeCode).toBe(code);
    }
    await until(() => link.connections() === 0);
  });

  test("[LK32] a client closes on a frame from the server that is too large", async () => {
    const { url, sockets } = await openHouse();
    const socket = await connectWebSocket(url);
    const closed = new Promise<number>((resolve) => {
      socket.listen({ onMessage() {}, onClose: resolve, onDrain() {}, onAlive() {} });
    });
    await until(() => sockets.length === 1);
    sockets[0]?.send("x".repeat(65_537));
    await closed;
  });

  test("[LK32] connecting fails with CONNECT_FAILED: refused, unreachable, late, aborted", async () => {
    const { url } = await openHouse();
    const mute = createTcpServer(() => {});
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    const muteUrl = `ws://127.0.0.1:${portOf(mute)}`;
    cleanups.push(() => mute.close());
    const errors = await Promise.all(
      [
        connectWebSocket(url, { headers: { authorization: "Bearer wrong" } }),
        connectWebSocket("ws://127.0.0.1:1/v1/link"),
        connectWebSocket(muteUrl, { handshakeTimeoutMs: 20 }),
        connectWebSocket(muteUrl, { signal: AbortSignal.abort() }),
        connectInBrowser("ws://127.0.0.1:1/v1/link"),
      ].map(async (opening) => opening.catch((error: unknown) => error)),
    );
    for (const error of errors) expect(isLinkError(error) && error.code).toBe("CONNECT_FAILED");
    expect(String(errors[0])).toContain("401");
  });

  test("[LK32] a browser's socket closes with codes that pages may use", async () => {
    const { url, sockets } = await openHouse();
    for (const [code, onWire] of [
      [1002, 4002],
      [1000, 1000],
    ] as const) {
      const socket = await connectInBrowser(url);
      await until(() => sockets.length > 0);
      const closed = new Promise<number>((resolve) => {
        sockets.pop()?.listen({ onMessage() {}, onClose: resolve, onDrain() {}, onAlive() {} });
      });
      socket.close(code, "because");
      expect(await closed).toBe(onWire);
    }
  });

  test("[LK12] a reader that stops does not fill the server's memory, and gets everything when it goes on", async () => {
    const { url, events, sockets } = await openHouse();
    const webSocket = new WebSocket(url, ["kingly.1"]);
    cleanups.push(() => webSocket.terminate());
    await once(webSocket, "open");
    const seqs: number[] = [];
    webSocket.on("message", (bytes: Buffer) => {
      const frame = JSON.parse(bytes.toString("utf8")) as { seq?: number; events?: { seq: number }[] };
      if (frame.seq !== undefined) seqs.push(frame.seq);
      seqs.push(...(frame.events ?? []).map((row) => row.seq));
    });
    webSocket.send('{"t":"hello","after":null}');
    await once(webSocket, "message");
    webSocket.pause();
    let most = 0;
    for (let made = 0; made < 3_000; made += 1) {
      events.appendBody({ text: "x".repeat(10_000) });
      if (made % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, sockets[0]?.bufferedBytes() ?? 0);
    }
    expect(most).toBeGreaterThan(60_000);
    expect(most).toBeLessThan(200_000);
    webSocket.resume();
    await until(() => seqs.length === 3_000);
    expect(seqs).toEqual(range(1, 3_000));
  });
});

describe("real server-sent events", () => {
  test("[LK30][LK31] a stream over HTTP is read, resumed by Last-Event-ID, and leaves nothing when it is left", async () => {
    const { url, events } = await openHouse();
    events.append(3);
    const read = async (
      headers: Record<string, string>,
      query: string,
      done: (text: string) => boolean,
    ): Promise<string> => {
      const request = get(`${url.replace("ws:", "http:").replace("link", "events")}${query}`, { headers });
      const [response] = (await once(request, "response")) as [IncomingMessage];
      expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
      let text = "";
      for await (const chunk of response) {
        text += String(chunk);
        if (done(text)) break;
      }
      return text;
    };
    const first = await read({}, "?after=0", (text) => text.includes("id: e1:3\n"));
    expect(first.match(/^id: .*$/gm)).toEqual(["id: e1:1", "id: e1:2", "id: e1:3"]);
    events.append(2);
    const second = await read({ "last-event-id": "e1:3" }, "?after=0", (text) => text.includes("id: e1:5\n"));
    expect(second).toBe(
      'event: hello\ndata: {"epoch":"e1","head":5,"low":1}\n\nid: e1:4\ndata: {"n":4}\n\nid: e1:5\ndata: {"n":5}\n\n',
    );
  });
});
