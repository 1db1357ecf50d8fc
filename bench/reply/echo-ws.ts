// The bare rival: a WebSocket server that sends every message back as it came, in a process of its own.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (bytes, isBinary) => socket.send(bytes, { binary: isBinary }));
});
server.on("listening", () => process.send?.({ ready: true }));
process.on("disconnect", () => process.exit(0));
