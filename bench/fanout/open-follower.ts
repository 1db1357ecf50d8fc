import { get } from "node:http";
import type { ClientRequest } from "node:http";
import { WebSocket } from "ws";
import { loadRival } from "../queue/load-rival.ts";

/** Whom a follower follows: three rivals, the link alone, and the gateway of the whole house. */
export type FollowedKind = "ws" | "socket.io" | "sse" | "link" | "gateway";

/** What is published: its number, and when it was. */
export interface Told {
  readonly n: number;
  /** Nanoseconds of the machine's monotonic clock; of the gateway's rows, milliseconds since 1970. */
  readonly at: number;
}

/** Somebody who hears events, leaves, and comes back with what it remembers. */
export interface Follower {
  /** Connects, with the position of the last time if the side has one; resolves when it is connected. */
  come(): Promise<void>;
  /** Breaks the connection as a network would. */
  drop(): void;
  /** What a side that offers one said of the position: that it cannot be continued. */
  wasRefused(): boolean;
}

/** Where to connect, and who is told of each event. */
export interface FollowerOptions {
  readonly kind: FollowedKind;
  /** `127.0.0.1:7700` */
  readonly host: string;
  readonly token: string;
  readonly workspace: string;
  readonly onEvent: (told: Told) => void;
}

/** Creates a follower; it does not connect by itself. */
export function createFollower(options: FollowerOptions): Promise<Follower> | Follower {
  if (options.kind === "ws") return followWs(options);
  if (options.kind === "sse") return followSse(options);
  if (options.kind === "socket.io") return followSocketIo(options);
  return followLink(options);
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });
}

function followWs({ host, onEvent }: FollowerOptions): Follower {
  let socket: WebSocket | undefined;
  return {
    async come() {
      socket = new WebSocket(`ws://${host}`, { perMessageDeflate: false });
      socket.on("message", (bytes) => Buffer.isBuffer(bytes) && onEvent(JSON.parse(bytes.toString()) as Told));
      await opened(socket);
    },
    drop: () => socket?.terminate(),
    wasRefused: () => false,
  };
}

interface LinkFrame extends Told {
  readonly t: string;
  readonly epoch?: string;
  readonly head?: number;
  readonly seq: number;
  readonly events?: readonly LinkFrame[];
}

function followLink({ kind, host, token, workspace, onEvent }: FollowerOptions): Follower {
  let socket: WebSocket | undefined;
  let epoch = "";
  let seq: number | undefined;
  let refused = false;
  const take = (event: LinkFrame): void => {
    seq = event.seq;
    onEvent({ n: event.seq, at: event.at });
  };
  return {
    async come() {
      refused = false;
      const path = kind === "gateway" ? `/v1/link?workspace=${workspace}` : "/";
      const coming = new WebSocket(`ws://${host}${path}`, ["kingly.1"], {
        headers: { authorization: `Bearer ${token}` },
        perMessageDeflate: false,
      });
      socket = coming;
      const greeted = new Promise<void>((resolve) => {
        coming.on("message", (bytes) => {
          const frame = JSON.parse(Buffer.isBuffer(bytes) ? bytes.toString() : "{}") as LinkFrame;
          if (frame.t === "event") take(frame);
          else if (frame.t === "events") for (const event of frame.events ?? []) take(event);
          else if (frame.t === "hello" || frame.t === "resync") {
            epoch = frame.epoch ?? "";
            if (frame.t === "resync") refused = true;
            if (frame.t === "resync" || seq === undefined) seq = frame.head ?? 0;
            resolve();
          }
        });
      });
      await opened(coming);
      coming.send(JSON.stringify({ t: "hello", after: seq === undefined ? null : `${epoch}:${seq}` }));
      await greeted;
    },
    drop: () => socket?.terminate(),
    wasRefused: () => refused,
  };
}

function followSse({ host, onEvent }: FollowerOptions): Follower {
  let opening: ClientRequest | undefined;
  let last = "";
  return {
    come: () =>
      new Promise<void>((resolve, reject) => {
        const [hostname, port] = host.split(":");
        // As an EventSource: it names the last id that it has heard, and nothing when it has heard none.
        const headers = last === "" ? {} : { "last-event-id": last };
        opening = get({ host: hostname, port, agent: false, headers }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => {
            const blocks = (text + part).split("\n\n");
            text = blocks.pop() ?? "";
            for (const block of blocks) {
              const [, id = "", data = "{}"] = /^id: (\d+)\ndata: (.*)$/.exec(block) ?? [];
              last = id;
              onEvent(JSON.parse(data) as Told);
            }
          });
          response.on("error", () => {});
          resolve();
        });
        opening.on("error", reject);
      }),
    drop: () => opening?.destroy(),
    wasRefused: () => false,
  };
}

interface SocketIoClient {
  readonly io: (
    url: string,
    options: object,
  ) => {
    readonly recovered: boolean;
    /** The engine below: closing it is what a lost network looks like. */
    readonly io: { readonly engine: { close(): void } };
    connect(): void;
    on(event: "event" | "connect", listener: (told: Told) => void): void;
  };
}

async function followSocketIo({ host, onEvent }: FollowerOptions): Promise<Follower> {
  const { io } = await loadRival<SocketIoClient>("socket.io-client");
  const socket = io(`http://${host}`, {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    autoConnect: false,
  });
  let onConnected = (): void => {};
  let comings = 0;
  socket.on("event", onEvent);
  socket.on("connect", () => onConnected());
  return {
    come: () =>
      new Promise<void>((resolve) => {
        comings += 1;
        onConnected = resolve;
        socket.connect();
      }),
    drop: () => socket.io.engine.close(),
    wasRefused: () => comings > 1 && !socket.recovered,
  };
}
