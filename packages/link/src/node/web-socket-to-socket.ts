import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { closeCodes } from "../close-codes.ts";
import { holdUntilListened } from "../hold-until-listened.ts";
import type { Socket } from "../socket.ts";
import { textFrame } from "./text-frame.ts";

const broken: ReadonlySet<number> = new Set([closeCodes.protocol, closeCodes.notText, closeCodes.size]);

/** Dresses an open WebSocket of the ws library as the link's {@link Socket}. A binary frame closes it with 1003. [LK32]
 *
 * A server gives `raw`, the stream below: its frames are written past ws, each framed once for all who get it, and
 * those of one tick leave in one system call. ws writes whole frames too, so nothing of either is torn apart. */
export function webSocketToSocket(webSocket: WebSocket, raw?: Duplex): Socket {
  const hold = holdUntilListened();
  const sent = (): void => hold.onDrain();
  const send = raw === undefined ? (text: string) => webSocket.send(text, sent) : writeThrough(raw, sent);
  // Whoever breaks the protocol is told why, and does not hold the connection by not answering the close.
  const hangUp = (): void => void raw?.end(() => raw.destroy());
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

function writeThrough(raw: Duplex, onDrain: () => void): (text: string) => void {
  let corked = false;
  const uncork = (): void => {
    corked = false;
    raw.uncork();
  };
  raw.on("drain", onDrain);
  return (text) => {
    if (!corked) {
      corked = true;
      raw.cork();
      process.nextTick(uncork);
    }
    raw.write(textFrame(text));
  };
}

function rawToText(bytes: RawData): string {
  if (Array.isArray(bytes)) return Buffer.concat(bytes).toString("utf8");
  return Buffer.isBuffer(bytes) ? bytes.toString("utf8") : Buffer.from(bytes).toString("utf8");
}
