// Server-sent events from a ring in memory, resumed by Last-Event-ID, and POST for what is said.
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { openBook, publishByTheClock, readPlan } from "./plan.ts";

const plan = readPlan();
const book = openBook(plan.path);
const ring: number[] = [];
const streams = new Set<ServerResponse>();
const write = (stream: ServerResponse, n: number): void => void stream.write(`id: ${n}\ndata: ${n}\n\n`);
const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://x");
  if (request.method === "POST") {
    request.resume().on("end", () => {
      book.hear(Number(url.searchParams.get("client")), Number(url.searchParams.get("n")));
      response.writeHead(204).end();
    });
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  const after = Number(request.headers["last-event-id"] ?? 0);
  for (const n of ring) if (n > after) write(response, n);
  streams.add(response);
  response.on("error", () => {}).on("close", () => void streams.delete(response));
});
server.listen(plan.port, "127.0.0.1", () => {
  process.send?.({ ready: true });
  publishByTheClock(
    plan,
    () => book.published(),
    (n) => {
      book.publish(n);
      ring.push(n);
      if (ring.length > 100_000) ring.shift();
      for (const stream of streams) write(stream, n);
    },
  );
});
