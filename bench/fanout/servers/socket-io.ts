// socket.io over WebSocket, with connection state recovery for two minutes when the bench asks for it.
import { loadRival } from "../../queue/load-rival.ts";
import { port, publishWhenTold } from "./publisher.ts";
import type { Published } from "./publisher.ts";

interface Rival {
  readonly Server: new (port: number, options: object) => { emit(event: "event", told: Published): void };
}

const { Server } = await loadRival<Rival>("socket.io");
const recovers = process.argv[3] === "recover";
const server = new Server(port, {
  transports: ["websocket"],
  ...(recovers ? { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } } : {}),
});
process.send?.({ ready: true });
publishWhenTold((event) => void server.emit("event", event));
