import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import * as closeCodes from "../close-codes.ts";
import { holdUntilListened } from "../hold-until-listened.ts";
import type { Socket } from "../socket.ts";

/** How frames are written past ws: the stream below it, and how a text is framed in this direction. */
export interface RawWay {
  readonly stream: Duplex;
  readonly frame: (text: string) => Buffer;
}

const broken: ReadonlySet<number> = new Set([closeCodes.protocol, closeCodes.notText, closeCodes.size]);

/** Dresses an open WebSocket of the ws library as the link's {@link Socket}. A binary frame closes it with 1003. [LK32]
 *
 * Frames of ours are written past ws, so that each is one buffer and those of one tick leave in one system call. ws
 * writes whole frames too, so nothing of either is torn apart. */
export function webSocketToSocket(webSocket: WebSocket, raw: RawWay): Socket {
  const hold = holdUntilListened();
  const { stream } = raw;
  const send = writeThrough(raw, () => hold.onDrain());
  // Whoever breaks the protocol is told why, and does not hold the connection by not answering the close.
  const hangUp = (): void => void stream.end(() => stream.destroy());
  const close = (code: number, reason: string): void => {
    // A reason has at most 123 bytes on the wire; ours are short and plain.
    webSocket.close(code, reason.slice(0, 120));
    if (broken.has(code)) hangUp();
  };
  webSocket.on("message", (bytes: RawData, isBinary: boolean) => {
    if (isBinary) close(closeCodes.notText, "text frames only");
    else hold.onMessage(rawToText(bytes));
  });
  webSocket.on("pong", () => hold.onAlive());
  webSocket.on("close", (code: number, reason: Buffer) => hold.onClose(code, reason.toString("utf8")));
  // ws writes the close frame itself after an error (1009, 1008, 1007, 1002).
  webSocket.on("error", hangUp);
  return {
    listen: (listener) => hold.listen(listener),
    send(text) {
      if (webSocket.readyState === webSocket.OPEN) send(text);
    },
    close,
    bufferedBytes: () => webSocket.bufferedAmount,
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    probe() {
      if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
    },
  };
}

function writeThrough({ stream, frame }: RawWay, onDrain: () => void): (text: string) => void {
  let corked = false;
  const uncork = (): void => {
    corked = false;
    stream.uncork();
  };
  stream.on("drain", onDrain);
  return (text) => {
    if (!corked) {
      corked = true;
      stream.cork();
      process.nextTick(uncork);
    }
    stream.write(frame(text));
  };
}

function rawToText(bytes: RawData): string {
  if (Array.isArray(bytes)) return Buffer.concat(bytes).toString("utf8");
  return Buffer.isBuffer(bytes) ? bytes.toString("utf8") : Buffer.from(bytes).toString("utf8");
}
