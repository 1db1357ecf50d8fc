// socket.io with connection state recovery (in memory, two minutes), acknowledging what it hears.
import { loadRival } from "../../queue/load-rival.ts";
import { openBook, publishByTheClock, readPlan } from "./plan.ts";

interface Connection {
  readonly handshake: { readonly query: Readonly<Record<string, string>> };
  on(event: "say", listener: (n: number, settled: () => void) => void): void;
}
interface Rival {
  readonly Server: new (
    port: number,
    options: object,
  ) => {
    on(event: "connection", listener: (connection: Connection) => void): void;
    emit(event: "event", n: number): void;
  };
}

const { Server } = await loadRival<Rival>("socket.io");
const plan = readPlan();
const book = openBook(plan.path);
const server = new Server(plan.port, {
  transports: ["websocket"],
  connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
  pingInterval: 2000,
  pingTimeout: 3000,
});
server.on("connection", (socket) => {
  const client = Number(socket.handshake.query["client"]);
  socket.on("say", (n: number, settled: () => void) => {
    book.hear(client, n);
    settled();
  });
});
process.send?.({ ready: true });
publishByTheClock(
  plan,
  () => book.published(),
  (n) => {
    book.publish(n);
    server.emit("event", n);
  },
);
