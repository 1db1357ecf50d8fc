// How a stranger comes to the gateway: raw HTTP with any header, event streams, WebSockets.
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { WebSocket } from "ws";
import type { House } from "./house.ts";

/** An answer over HTTP, with the error's code when it is one. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: { readonly error?: { readonly code: string; readonly message: string; readonly hint: string } };
  readonly code: string | undefined;
}

/** What is asked; `bearer: false` leaves the token out. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly bearer?: boolean;
}

/** Sends one request exactly as it is given. */
export async function knock(house: House, path: string, asked: Asked = {}): Promise<Reply> {
  const { hostname, port } = new URL(house.url);
  const authorization = asked.bearer === false ? {} : { authorization: `Bearer ${house.token}` };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        path,
        method: asked.method ?? "GET",
        headers: { ...authorization, ...asked.headers },
        agent: false,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (body += part));
        response.on("error", reject);
        response.on("end", () => {
          const isJson = response.headers["content-type"] === "application/json" && body !== "";
          const json = (isJson ? JSON.parse(body) : {}) as Reply["json"];
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body, json, code: json.error?.code });
        });
      },
    );
    sent.on("error", reject);
    sent.end(asked.body);
  });
}

/** Says something by POST; an object is sent as JSON, a text as it is. */
export async function post(house: House, body: unknown, asked: Asked = {}): Promise<Reply> {
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json", ...asked.headers };
  return knock(house, "/v1/utterances", { method: "POST", ...asked, headers, body: text });
}

/** One message of an event stream. */
export interface Message {
  readonly event?: string;
  readonly id?: string;
  readonly data: {
    readonly line?: string;
    readonly cid?: string;
    readonly at?: number;
    readonly epoch?: string;
    readonly head?: number;
    readonly low?: number;
  };
}

/** An event stream, and what came so far. */
export interface Stream {
  readonly status: number;
  readonly messages: Message[];
  text(): string;
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens `GET /v1/events` and resolves when its head is there. */
export async function openStream(
  house: House,
  query = "",
  headers: Readonly<Record<string, string>> = {},
): Promise<Stream> {
  const controller = new AbortController();
  const response = await house.fetch(`/v1/events${query}`, { headers, signal: controller.signal });
  const messages: Message[] = [];
  let all = "";
  let rest = "";
  const read = async (): Promise<void> => {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      all += part.value;
      const blocks = (rest + part.value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
        const data = field("data");
        const [event, id] = [field("event"), field("id")];
        if (data === undefined) continue;
        messages.push({
          ...(event === undefined ? {} : { event }),
          ...(id === undefined ? {} : { id }),
          data: JSON.parse(data) as Message["data"],
        });
      }
    }
  };
  const ended = read().catch(() => {});
  return { status: response.status, messages, text: () => all, ended, close: () => controller.abort() };
}

/** A frame from the gateway. */
export type Frame = Readonly<Record<string, unknown>>;

/** A WebSocket to the gateway, and what came so far. */
export interface Link {
  readonly frames: Frame[];
  send(frame: unknown): void;
  /** The close code, once it is closed. */
  readonly closed: Promise<number>;
  close(): void;
}

/** Opens `GET /v1/link`; rejects with the HTTP status when it is refused. */
export async function openLink(
  house: House,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly bearer?: boolean;
    readonly query?: string;
  } = {},
): Promise<Link> {
  const authorization = options.bearer === false ? {} : { authorization: `Bearer ${house.token}` };
  const socket = new WebSocket(`${house.url.replace("http", "ws")}/v1/link${options.query ?? ""}`, ["kingly.1"], {
    headers: { ...authorization, ...options.headers },
  });
  const frames: Frame[] = [];
  socket.on("message", (bytes: Buffer) => frames.push(JSON.parse(bytes.toString("utf8")) as Frame));
  const closed = new Promise<number>((resolve) => void socket.on("close", resolve));
  await new Promise<void>((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("unexpected-response", (_request, response) => reject(new Error(`refused with ${response.statusCode}`)));
    socket.on("error", reject);
  });
  return {
    frames,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    closed,
    close: () => socket.close(),
  };
}
