// Server-sent events, and a ring of 100,000 in memory for who comes with a Last-Event-ID.
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { port, publishWhenTold } from "./publisher.ts";

const ring: string[] = [];
const streams = new Set<ServerResponse>();
const server = createServer((request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  const after = request.headers["last-event-id"];
  // Without an id nobody can tell who comes for the first time: such a stream begins now.
  if (after !== undefined) {
    const missed = ring.slice(Number(after));
    if (missed.length > 0) response.write(missed.join(""));
  }
  streams.add(response);
  response.on("error", () => {}).on("close", () => void streams.delete(response));
});
server.listen(port, "127.0.0.1", () => {
  process.send?.({ ready: true });
  publishWhenTold((event) => {
    const block = `id: ${event.n}\ndata: ${JSON.stringify(event)}\n\n`;
    ring.push(block);
    if (ring.length > 100_000) ring.shift();
    for (const stream of streams) stream.write(block);
  });
});
