import type { IncomingMessage } from "node:http";

/** The bytes of a body, or why there are none: over the limit, or the client left half way. */
export type BodyReading =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly why: "too_large" | "gone" };

/** Reads a body of at most `maxBytes`: refused by Content-Length before a byte is read, else by counting. [D13] */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return { ok: false, why: "too_large" };
  if (request.complete && request.readableEnded) return { ok: true, bytes: Buffer.alloc(0) };
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (reading: BodyReading): void => {
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
      resolve(reading);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) {
        request.pause();
        settle({ ok: false, why: "too_large" });
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => settle({ ok: true, bytes: Buffer.concat(chunks) });
    const onGone = (): void => settle({ ok: false, why: "gone" });
    request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}
