/** Describes the sign at an index: itself when it can be seen, else `U+` and hex digits, or `end of line`. */
export function describeSign(line: string, index: number): string {
  const point = line.codePointAt(index);
  if (point === undefined) return "end of line";
  const isVisible = (point > 0x20 && point < 0x7f) || (point > 0xa0 && (point < 0xd8_00 || point > 0xdf_ff));
  return isVisible ? String.fromCodePoint(point) : `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}
