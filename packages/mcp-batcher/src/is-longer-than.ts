const encoder = new TextEncoder();

/** Tells whether `text` takes more than `maxBytes` bytes of UTF-8, encoding it only when that is in doubt. */
export function isLongerThan(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  // One UTF-16 unit takes at most three bytes.
  return text.length * 3 > maxBytes && encoder.encode(text).length > maxBytes;
}
