import { randomFillSync } from "node:crypto";

// Keys that nobody can foretell, made many at a time. (RFC 6455, 5.3)
const keys = Buffer.allocUnsafe(4_096);
let nextKey = keys.length;

/** Frames a text as a client sends it: one masked, final text frame in one buffer (RFC 6455, 5.2). */
export function maskedFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const keyAt = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10;
  const start = keyAt + 4;
  const frame = Buffer.allocUnsafe(start + bytes);
  frame[0] = 0x81;
  if (keyAt === 2) frame[1] = 0x80 | bytes;
  else if (keyAt === 4) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  if (nextKey === keys.length) {
    randomFillSync(keys);
    nextKey = 0;
  }
  keys.copy(frame, keyAt, nextKey, nextKey + 4);
  nextKey += 4;
  frame.write(text, start, bytes === text.length ? "latin1" : "utf8");
  for (let at = 0; at < bytes; at += 1) {
    // In bounds, both of them.
    frame[start + at] = (frame[start + at] as number) ^ (frame[keyAt + (at & 3)] as number);
  }
  return frame;
}
