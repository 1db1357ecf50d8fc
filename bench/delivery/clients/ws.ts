import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import type { DeliverySide } from "../side.ts";

/** A WebSocket that is opened again when it is lost, as most pages do it: what was under way is not known to be lost. */
export const wsSide: DeliverySide = {
  name: "ws, reconnecting",
  serverFile: "ws.ts",
  open(port, number, onEvent) {
    let isOver = false;
    let socket: WebSocket | undefined;
    const connect = (): void => {
      const opening = new WebSocket(`ws://127.0.0.1:${port}/?client=${number}`, { handshakeTimeout: 5000 });
      opening.on("open", () => (socket = opening));
      opening.on("message", (bytes) => onEvent(Number(Buffer.isBuffer(bytes) ? bytes.toString() : Number.NaN)));
      opening.on("error", () => {});
      opening.on("close", () => {
        socket = undefined;
        if (!isOver) void sleep(50 + Math.random() * 200).then(connect);
      });
    };
    connect();
    return {
      say: (n) => socket?.send(String(n)),
      room: () => socket !== undefined && socket.bufferedAmount < 16_384,
      unsettled: () => 0,
      close() {
        isOver = true;
        socket?.terminate();
      },
    };
  },
};
