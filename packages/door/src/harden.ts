import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { toAnswer } from "./refusal.ts";
import { writePlainAnswer } from "./write-plain-answer.ts";

/** Limits of a server against clients that are slow or talk nonsense. */
export interface HardenOptions {
  /** Milliseconds for all headers of a request. @default 5000 */
  readonly headersTimeoutMs?: number;
  /** Milliseconds for a whole request, its body included; at least `headersTimeoutMs`. @default 15000 */
  readonly requestTimeoutMs?: number;
  /** Milliseconds that an idle connection is kept. @default 5000 */
  readonly keepAliveTimeoutMs?: number;
  /** Headers of a request, 1 or more; those after it are not seen. @default 64 */
  readonly maxHeaders?: number;
  /** Open connections at once, idle ones, streams and WebSockets included; one more is closed without an answer. @default 4096 */
  readonly maxConnections?: number;
  /** Milliseconds between two looks for late requests: how much later than its limit one may end. @default 1000 */
  readonly checkEveryMs?: number;
}

/** Sets the limits of a server that does not listen yet, and returns it. [D16] [D22]
 *
 * Requests without Host reach the door, which refuses them in its own words; what is not HTTP gets 400, what is too
 * slow 408, too many header bytes 431, all as `{error}`, and the connection closes. Call before `listen`. */
export function harden<AnyServer extends Server>(server: AnyServer, options: HardenOptions = {}): AnyServer {
  server.headersTimeout = options.headersTimeoutMs ?? 5000;
  server.requestTimeout = options.requestTimeoutMs ?? 15_000;
  server.keepAliveTimeout = options.keepAliveTimeoutMs ?? 5000;
  server.maxHeadersCount = options.maxHeaders ?? 64;
  server.maxConnections = options.maxConnections ?? 4096;
  // Both are options of createServer, kept as properties; the default of 30 s would make every limit 30 s late.
  Object.assign(server, { connectionsCheckingInterval: options.checkEveryMs ?? 1000, requireHostHeader: false });
  server.on("clientError", refuseNonsense);
  return server;
}

const [nonsense, slow, long] = [
  { status: 400, code: "bad_request", message: "That is not HTTP.", hint: "Use an HTTP client." },
  { status: 408, code: "too_slow", message: "The request took too long.", hint: "Send it again, faster." },
  {
    status: 431,
    code: "headers_too_large",
    message: "The headers are too large.",
    hint: "Send fewer or shorter ones.",
  },
] as const;

function refuseNonsense(error: Error & { readonly code?: string }, socket: Duplex): void {
  // After a first answer on its way, a second one would be read as a part of it.
  if (!socket.writable || ("bytesWritten" in socket && socket.bytesWritten !== 0)) {
    socket.destroy();
    return;
  }
  const byCode = { ERR_HTTP_REQUEST_TIMEOUT: slow, HPE_HEADER_OVERFLOW: long }[error.code ?? ""];
  writePlainAnswer(socket, toAnswer(byCode ?? nonsense), new Map());
}
