// The rival socket.io over WebSocket alone: sends every message back as it came, in a process of its own.
import { loadRival } from "../queue/load-rival.ts";

interface Connection {
  on(event: "message", listener: (text: string) => void): void;
  emit(event: "message", text: string): void;
}
interface Rival {
  readonly Server: new (
    port: number,
    options: object,
  ) => { on(event: "connection", listener: (connection: Connection) => void): void };
}

const { Server } = await loadRival<Rival>("socket.io");
const server = new Server(Number(process.argv[2]), { transports: ["websocket"] });
server.on("connection", (socket) => socket.on("message", (text) => socket.emit("message", text)));
process.send?.({ ready: true });
process.on("disconnect", () => process.exit(0));
