import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { linkSubprotocol, maxFrameBytes } from "../frames.ts";
import type { Socket } from "../socket.ts";
import { checkSubprotocol } from "./check-subprotocol.ts";
import { textFrame } from "./text-frame.ts";
import { webSocketToSocket } from "./web-socket-to-socket.ts";
import { writeVersionRefusal } from "./write-version-refusal.ts";

/** Options of {@link createWebSocketAcceptor}. */
export interface WebSocketAcceptorOptions {
  /** A larger frame closes with 1009. Bytes, default 65,536. */
  readonly maxPayloadBytes?: number;
  /** A message in more pieces closes with 1008. Default 64. */
  readonly maxFragments?: number;
  /** The subprotocol that a client must offer. Default `kingly.1`. */
  readonly subprotocol?: string;
}

/** Turns upgrade requests into sockets. */
export interface WebSocketAcceptor {
  /** Finishes a WebSocket handshake that the app has already allowed (Host, Origin, token).
   *
   * A client that does not offer the subprotocol is refused over HTTP: 400 or 426, with what to do. [LK37] */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, onSocket: (socket: Socket) => void): void;
  /** Ends what is still open after the link server closed: resolves when every socket is gone. */
  close(): Promise<void>;
}

// A dead peer never answers a close; ws would hold the socket for 30 s. (Not in the types of ws yet.)
const closing = { closeTimeout: 2_000 };

/** Creates an acceptor for an HTTP server that the app owns. No compression; text frames only. [LK32] [LK38] */
export function createWebSocketAcceptor(options: WebSocketAcceptorOptions = {}): WebSocketAcceptor {
  const { maxPayloadBytes = maxFrameBytes, maxFragments = 64, subprotocol = linkSubprotocol } = options;
  // Thousands of empty pieces cost memory that no limit on bytes sees. (Not in the types of ws yet.)
  const pieces = { maxFragments, maxBufferedChunks: 1_024 };
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
    ...closing,
    ...pieces,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  return {
    handleUpgrade(request, socket, head, onSocket) {
      const refusal = checkSubprotocol(request.headers["sec-websocket-protocol"], subprotocol);
      if (refusal !== undefined) return writeVersionRefusal(socket, refusal);
      return server.handleUpgrade(request, socket, head, (webSocket) =>
        onSocket(webSocketToSocket(webSocket, { stream: socket, frame: textFrame })),
      );
    },
    async close() {
      for (const webSocket of server.clients) webSocket.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
