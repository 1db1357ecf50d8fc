import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "@kingly/runtime";
import type { DoorAnswer } from "./route.ts";

/** An answer whose bytes are known. */
export type CompleteAnswer = Exclude<DoorAnswer, "streamed">;

// A client that is still writing gets its answer only when we go on reading for a while: closing a socket with unread
// bytes resets it, and the reset can overtake the answer.
const lingerMaxBytes = 1_048_576;
const lingerMs = 2000;

/** Makes the body of an answer and its content type. Throws when `json` cannot be written as JSON. */
export function toBody(answer: CompleteAnswer): { readonly bytes: Buffer; readonly contentType?: string } {
  if ("text" in answer) return { bytes: Buffer.from(answer.text), contentType: answer.contentType };
  if ("bytes" in answer) return { bytes: Buffer.from(answer.bytes), contentType: answer.contentType };
  if (answer.json === undefined) return { bytes: Buffer.alloc(0) };
  return { bytes: Buffer.from(JSON.stringify(answer.json)), contentType: "application/json" };
}

/** Sends an answer. When the request was not read to its end, the connection closes after it. [D12][D13] */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: CompleteAnswer,
  clock: Clock,
): void {
  const { bytes, contentType } = toBody(answer);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, [value].flat());
  if (contentType !== undefined) response.setHeader("Content-Type", contentType);
  const hasBody = answer.status !== 204 && answer.status !== 304;
  if (hasBody) response.setHeader("Content-Length", bytes.length);
  const isRead = request.readableEnded || !mayHaveBody(request);
  if (!isRead) response.setHeader("Connection", "close");
  response.statusCode = answer.status;
  if (isRead) {
    response.end(hasBody ? bytes : undefined);
    return;
  }
  response.flushHeaders();
  if (hasBody) response.write(bytes);
  linger(request, response, clock);
}

/** Tells whether a request announced a body. */
export function mayHaveBody(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

function linger(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  let leftBytes = lingerMaxBytes;
  const stop = (): void => {
    timer.cancel();
    request.off("data", onData).off("end", stop).off("close", stop).off("error", stop);
    response.end();
  };
  const onData = (chunk: Buffer): void => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) stop();
  };
  const timer = clock.setTimer(lingerMs, stop);
  request.on("data", onData).on("end", stop).on("close", stop).on("error", stop);
  request.resume();
}
