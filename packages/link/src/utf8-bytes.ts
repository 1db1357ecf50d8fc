const encoder = new TextEncoder();

/** Counts the bytes of a text in UTF-8. A lone surrogate counts as three. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}
