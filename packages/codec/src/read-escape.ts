import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { meanings } from "./escapes.ts";

/** Reads the escape whose backslash stands at `at`, and leaves the cursor behind it. [C6] */
export function readEscape(cursor: Cursor, at: number): string | undefined {
  const { line } = cursor;
  const unit = at + 1 < line.length ? line.charCodeAt(at + 1) : 0;
  const meaning = unit < 0x80 ? meanings[unit] : "";
  if (meaning) {
    cursor.index = at + 2;
    return meaning;
  }
  const digits = line.slice(at + 2, at + 6);
  if (unit === 0x75 && /^[\da-f]{4}$/i.test(digits)) {
    cursor.index = at + 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
  return fail(cursor, "bad_escape", at);
}
