import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { VersionRefusal } from "./check-subprotocol.ts";

/** Answers an upgrade over HTTP with `{"error": {code, message, hint}}` and closes the socket. [LK37] */
export function writeVersionRefusal(socket: Duplex, { status, code, message, hint }: VersionRefusal): void {
  // Whoever left already needs no answer, and an error nobody listens to would end the process.
  socket.on("error", () => socket.destroy());
  const body = JSON.stringify({ error: { code, message, hint } });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    ...(status === 426 ? ["upgrade: websocket"] : []),
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
