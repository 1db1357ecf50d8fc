import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it reached the server. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A real HTTP server on the loopback that answers each request as it was told to. */
export interface WireServer {
  readonly url: string;
  readonly requests: readonly WireRequest[];
  /** Resolves when the other side has gone away from the last answer. */
  left(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server; `answer` is called once for each request, when its body is there. */
export async function startWireServer(
  answer: (response: ServerResponse, request: WireRequest, ordinal: number) => void,
): Promise<WireServer> {
  const requests: WireRequest[] = [];
  let left = Promise.withResolvers<void>();
  const server = createServer((incoming, response) => {
    let text = "";
    left = Promise.withResolvers<void>();
    response.on("close", () => left.resolve());
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => (text += chunk));
    incoming.on("end", () => {
      const body = (text === "" ? {} : JSON.parse(text)) as WireRequest["body"];
      const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers, body };
      requests.push(request);
      answer(response, request, requests.length);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    left: () => left.promise,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Begins a stream of server-sent events. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
}

/** Writes a text in slices that cut lines and characters where they like. */
export function writeSliced(response: ServerResponse, text: string, bytes = 7): void {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) response.write(all.subarray(at, at + bytes));
}

/** Every path of keys in a body, such as "messages.content.type"; what stands in a list has no number. */
export function keysOf(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, prefix));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...keysOf(inner, path)];
  });
}
