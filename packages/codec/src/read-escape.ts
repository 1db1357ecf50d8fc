import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";

// What stands for what, by the sign behind the backslash.
const meanings: readonly string[] = Array.from({ length: 128 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  if ("|[]{'\"\\/".includes(sign)) return sign;
  const place = "bfnrst".indexOf(sign);
  return place < 0 ? "" : "\b\f\n\r \t".charAt(place);
});

/** Reads the escape whose backslash stands at `at`, and leaves the cursor behind it. [C6] */
export function readEscape(cursor: Cursor, at: number): string | undefined {
  const { line } = cursor;
  const unit = at + 1 < line.length ? line.charCodeAt(at + 1) : 0;
  const meaning = unit < 0x80 ? meanings[unit] : "";
  if (meaning !== "") {
    cursor.index = at + 2;
    return meaning;
  }
  if (unit === 0x75) {
    let meant = 0;
    let digits = 0;
    for (; digits < 4; digits += 1) {
      const digit = hexDigit(line.charCodeAt(at + 2 + digits));
      if (digit < 0) break;
      meant = meant * 16 + digit;
    }
    if (digits === 4) {
      cursor.index = at + 6;
      return String.fromCharCode(meant);
    }
  }
  return fail(cursor, {
    code: "bad_escape",
    index: at,
    found: line.slice(at, at + 2),
    expected: ["\\| \\[ \\] \\{ \\' \\\" \\\\ \\/", "\\b \\f \\n \\r \\s \\t", "\\u and four hex digits"],
    hint: "Write a backslash as \\\\.",
  });
}

function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66 && unit < 0x80 ? lower - 0x57 : -1;
}
