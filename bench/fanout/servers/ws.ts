// A bare ws server: one loop over its clients.
import { WebSocketServer } from "ws";
import { port, publishWhenTold } from "./publisher.ts";

const server = new WebSocketServer({ port, host: "127.0.0.1", perMessageDeflate: false }, () => {
  process.send?.({ ready: true });
  publishWhenTold((event) => {
    const frame = Buffer.from(JSON.stringify(event));
    for (const client of server.clients) client.send(frame, { binary: false });
  });
});
server.on("connection", (socket) => socket.on("error", () => {}));
