import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";

const meanings: ReadonlyMap<string, string> = new Map([
  ...Array.from("|[]{'\"\\/", (sign): [string, string] => [sign, sign]),
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["s", " "],
  ["t", "\t"],
]);

/** Reads the escape whose backslash stands at `at`, and leaves the cursor behind it. [C6] */
export function readEscape(cursor: Cursor, at: number): string | undefined {
  const { line } = cursor;
  const sign = line.charAt(at + 1);
  const meaning = meanings.get(sign);
  if (meaning !== undefined) {
    cursor.index = at + 2;
    return meaning;
  }
  if (sign === "u") {
    let unit = 0;
    let digits = 0;
    for (; digits < 4; digits += 1) {
      const digit = hexDigit(line.charCodeAt(at + 2 + digits));
      if (digit < 0) break;
      unit = unit * 16 + digit;
    }
    if (digits === 4) {
      cursor.index = at + 6;
      return String.fromCharCode(unit);
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
