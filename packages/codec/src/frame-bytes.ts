import { limits } from "./limits.ts";

/** Finds where a line leaves the frame: the UTF-16 index of the first code point that does not fit, or -1. [C7]
 *
 * Counts UTF-8 bytes; a lone surrogate counts 3, as the replacement character that a socket would send. */
export function frameOverflowAt(line: string): number {
  // A UTF-16 unit takes at most three bytes.
  if (line.length * 3 <= limits.frameBytes) return -1;
  let bytes = 0;
  for (let index = 0; index < line.length;) {
    const point = line.codePointAt(index) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x8_00 ? 2 : point < 0x1_00_00 ? 3 : 4;
    if (bytes > limits.frameBytes) return index;
    index += point < 0x1_00_00 ? 1 : 2;
  }
  return -1;
}
