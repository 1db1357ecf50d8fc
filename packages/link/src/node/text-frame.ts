// The text that was framed last: an event goes to every follower in the same turn, and is framed once for all.
let lastText = "";
let lastFrame: Buffer | undefined;

// Pages of a log that many replay at the same time, each at its own pace: a few of them, the newest last.
const pages = new Map<string, Buffer>();
const minPageBytes = 8_192;
const maxPages = 16;

/** Frames a text as a server sends it: one unmasked, final text frame in one buffer (RFC 6455, 5.2). Do not change it.
 *
 * One buffer is one chunk for the socket: header and text apart cost a gathering write each. */
export function textFrame(text: string): Buffer {
  if (lastFrame !== undefined && text === lastText) return lastFrame;
  const known = text.length < minPageBytes ? undefined : pages.get(text);
  if (known !== undefined) return known;
  const bytes = Buffer.byteLength(text);
  const start = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + bytes);
  frame[0] = 0x81;
  if (start === 2) frame[1] = bytes;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  // As many bytes as units: it is ASCII, which needs no look at each unit.
  frame.write(text, start, bytes === text.length ? "latin1" : "utf8");
  if (text.length >= minPageBytes) return keepPage(text, frame);
  lastText = text;
  lastFrame = frame;
  return frame;
}

function keepPage(text: string, frame: Buffer): Buffer {
  pages.set(text, frame);
  const [oldest] = pages.size > maxPages ? pages.keys() : [];
  if (oldest !== undefined) pages.delete(oldest);
  return frame;
}
