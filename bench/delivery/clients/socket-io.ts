import { loadRival } from "../../queue/load-rival.ts";
import type { DeliverySide } from "../side.ts";

interface Rival {
  io(
    url: string,
    options: object,
  ): {
    on(event: "event", listener: (n: number) => void): void;
    emit(event: "say", n: number, settled: () => void): void;
    disconnect(): void;
  };
}

/** socket.io with all it offers: connection state recovery downwards, retries with acknowledgements upwards. */
export const socketIoSide: DeliverySide = {
  name: "socket.io, recovery and retries",
  serverFile: "socket-io.ts",
  async open(port, number, onEvent) {
    const rival = await loadRival<Rival>("socket.io-client");
    const socket = rival.io(`http://127.0.0.1:${port}`, {
      transports: ["websocket"],
      query: { client: number },
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 500,
      retries: 1000,
      ackTimeout: 3000,
    });
    let unsettled = 0;
    socket.on("event", onEvent);
    return {
      say(n) {
        unsettled += 1;
        socket.emit("say", n, () => (unsettled -= 1));
      },
      room: () => unsettled < 64,
      unsettled: () => unsettled,
      close: () => socket.disconnect(),
    };
  },
};
