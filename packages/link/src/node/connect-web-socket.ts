import { WebSocket } from "ws";
import { linkSubprotocol, maxFrameBytes } from "../frames.ts";
import { LinkError } from "../link-error.ts";
import type { Socket } from "../socket.ts";
import { maskedFrame } from "./masked-frame.ts";
import { webSocketToSocket } from "./web-socket-to-socket.ts";

/** Options of {@link connectWebSocket}. */
export interface ConnectWebSocketOptions {
  /** Headers of the handshake, for example `authorization`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives up when aborted: the link client's own signal. */
  readonly signal?: AbortSignal;
  /** So long may the handshake take. Milliseconds, default 5,000. */
  readonly handshakeTimeoutMs?: number;
  /** A larger frame from the server closes with 1009. Bytes, default 65,536. */
  readonly maxPayloadBytes?: number;
}

// A dead peer never answers a close; ws would hold the socket for 30 s. (Not in the types of ws yet.)
const closing = { closeTimeout: 2_000 };

/** Opens a WebSocket from Node: subprotocol `kingly.1`, no compression. [LK32]
 *
 * Rejects with {@link LinkError} `CONNECT_FAILED`: refused (with the HTTP status), unreachable, late or aborted. */
export async function connectWebSocket(url: string | URL, options: ConnectWebSocketOptions = {}): Promise<Socket> {
  const { headers = {}, signal, handshakeTimeoutMs = 5_000, maxPayloadBytes = maxFrameBytes } = options;
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(url, [linkSubprotocol], {
      headers: { ...headers },
      handshakeTimeout: handshakeTimeoutMs,
      maxPayload: maxPayloadBytes,
      perMessageDeflate: false,
      followRedirects: false,
      ...closing,
    });
    const abort = (): void => webSocket.terminate();
    const fail = (cause: Error): void => {
      signal?.removeEventListener("abort", abort);
      const where = new URL(url).host;
      reject(new LinkError("CONNECT_FAILED", `no WebSocket to ${where}: ${cause.message}; is it running?`, { cause }));
    };
    webSocket.once("error", fail);
    // Told right before "open", in the same tick: the stream below ws is in nobody's hands yet.
    webSocket.once("upgrade", ({ socket }) => {
      webSocket.once("open", () => {
        webSocket.off("error", fail);
        signal?.removeEventListener("abort", abort);
        resolve(webSocketToSocket(webSocket, { stream: socket, frame: maskedFrame }));
      });
    });
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
