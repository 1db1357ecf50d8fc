import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { DoorAnswer } from "./route.ts";
import { toBody } from "./send-answer.ts";

/** Writes an answer on a bare socket and closes it: for upgrades, and for what was no request at all. [D8][D16] */
export function writePlainAnswer(
  socket: Duplex,
  answer: DoorAnswer,
  headers: ReadonlyMap<string, string | readonly string[]>,
): void {
  // Whoever left already needs no answer, and an error nobody listens to would end the process.
  socket.on("error", () => socket.destroy());
  if (answer === "streamed" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { bytes, contentType } = toBody(answer);
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? "Refused"}`];
  const all = new Map(headers);
  for (const [name, value] of Object.entries(answer.headers ?? {})) all.set(name.toLowerCase(), value);
  if (contentType !== undefined) all.set("content-type", contentType);
  for (const [name, value] of all) for (const one of [value].flat()) lines.push(`${name}: ${one}`);
  lines.push(`content-length: ${bytes.length}`, "connection: close", "", "");
  socket.end(Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), bytes]), () => socket.destroy());
}
