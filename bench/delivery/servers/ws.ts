// A bare ws server: broadcasts what it publishes, writes down what it hears.
import { WebSocketServer } from "ws";
import { openBook, publishByTheClock, readPlan } from "./plan.ts";

const plan = readPlan();
const book = openBook(plan.path);
const server = new WebSocketServer({ port: plan.port, host: "127.0.0.1", perMessageDeflate: false }, () => {
  process.send?.({ ready: true });
  publishByTheClock(
    plan,
    () => book.published(),
    (n) => {
      book.publish(n);
      for (const client of server.clients) client.send(String(n));
    },
  );
});
server.on("connection", (socket, request) => {
  const client = Number(new URL(request.url ?? "/", "http://x").searchParams.get("client"));
  socket.on("error", () => {});
  socket.on("message", (bytes) => book.hear(client, Number(Buffer.isBuffer(bytes) ? bytes.toString() : Number.NaN)));
});
