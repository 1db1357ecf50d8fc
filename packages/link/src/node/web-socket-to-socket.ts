import type { RawData, WebSocket } from "ws";
import { closeCodes } from "../close-codes.ts";
import { holdUntilListened } from "../hold-until-listened.ts";
import type { Socket } from "../socket.ts";

/** The stream below a WebSocket, as far as it can hold frames back to write them together. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/** Dresses an open WebSocket of the ws library as the link's {@link Socket}. A binary frame closes it with 1003. [LK32]
 *
 * With `raw`, the frames of one tick leave in one system call. */
export function webSocketToSocket(webSocket: WebSocket, raw?: Corkable): Socket {
  const hold = holdUntilListened();
  let corked = false;
  const cork = (): void => {
    if (corked || raw === undefined) return;
    corked = true;
    raw.cork();
    process.nextTick(() => {
      corked = false;
      raw.uncork();
    });
  };
  webSocket.on("message", (bytes: RawData, isBinary: boolean) => {
    if (isBinary) webSocket.close(closeCodes.notText, "text frames only");
    else hold.onMessage(rawToText(bytes));
  });
  webSocket.on("pong", () => hold.onAlive());
  webSocket.on("close", (code: number, reason: Buffer) => hold.onClose(code, reason.toString("utf8")));
  // ws closes the socket itself after an error (1009, 1007, 1002); without a listener the process would end.
  webSocket.on("error", () => {});
  const sent = (): void => hold.onDrain();
  return {
    listen: (listener) => hold.listen(listener),
    send(text) {
      if (webSocket.readyState !== webSocket.OPEN) return;
      cork();
      webSocket.send(text, sent);
    },
    // A reason has at most 123 bytes on the wire; ours are short and plain.
    close: (code, reason) => webSocket.close(code, reason.slice(0, 120)),
    bufferedBytes: () => webSocket.bufferedAmount,
    probe() {
      if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
    },
  };
}

function rawToText(bytes: RawData): string {
  if (Array.isArray(bytes)) return Buffer.concat(bytes).toString("utf8");
  return Buffer.isBuffer(bytes) ? bytes.toString("utf8") : Buffer.from(bytes).toString("utf8");
}
