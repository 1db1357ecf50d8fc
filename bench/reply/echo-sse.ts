// The rival without WebSockets: what is said comes as a POST and goes back on the client's event stream.
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";

const streams = new Map<string, ServerResponse>();
const server = createServer((request, response) => {
  const client = new URL(request.url ?? "/", "http://x").searchParams.get("client") ?? "";
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    streams.set(client, response);
    response.on("error", () => {}).on("close", () => void streams.delete(client));
    return;
  }
  let text = "";
  request.setEncoding("utf8").on("data", (part: string) => (text += part));
  request.on("end", () => {
    streams.get(client)?.write(`data: ${text}\n\n`);
    response.writeHead(204).end();
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.send?.({ ready: true }));
process.on("disconnect", () => process.exit(0));
