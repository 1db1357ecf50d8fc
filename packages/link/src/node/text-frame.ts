// The text that was framed last: an event goes to every follower in the same turn, and is framed once for all.
let lastText = "";
let lastFrame: Buffer | undefined;

/** Frames a text as a server sends it: one unmasked, final text frame in one buffer (RFC 6455, 5.2). Do not change it.
 *
 * One buffer is one chunk for the socket: header and text apart cost a gathering write each. */
export function textFrame(text: string): Buffer {
  if (lastFrame !== undefined && text === lastText) return lastFrame;
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
  lastText = text;
  lastFrame = frame;
  return frame;
}
