import { bar, doubleQuote, isDigit, minus, openBrace, singleQuote, space, textStops } from "./characters.ts";
import type { Cursor } from "./cursor.ts";
import { isLevelWord } from "./level.ts";
import type { FieldKind } from "./message.ts";
import { readPlainNumber } from "./read-number.ts";

/** Reads a field that is plain: raw ASCII text without an escape, or a number of few digits.
 *
 * Nearly every field is. For all others it gives `undefined` and leaves the cursor: the exact reader takes them, and
 * knows what to say when they are wrong. */
export function readPlainField(cursor: Cursor, kind: FieldKind): string | number | undefined {
  const { line, index: start } = cursor;
  // To look behind the end would cost more than to read the whole line.
  if (start >= line.length) return undefined;
  const first = line.charCodeAt(start);
  if (kind !== "text" && (isDigit(first) || first === minus)) return readNumberField(cursor, kind);
  if (first === openBrace || first === singleQuote || first === doubleQuote || first === space) return undefined;
  let index = start;
  for (; index < line.length; index += 1) {
    const unit = line.charCodeAt(index);
    if (unit < 0x80 && textStops[unit] === 0) continue;
    if (unit !== bar) return undefined;
    break;
  }
  if (index === start || line.charCodeAt(index - 1) === space) return undefined;
  const text = line.slice(start, index);
  if (kind === "text" || (kind === "level" && isLevelWord(text)) || (kind === "any" && index - start > 5)) {
    cursor.index = index;
    return text;
  }
  return undefined;
}

function readNumberField(cursor: Cursor, kind: FieldKind): number | undefined {
  const { line, index: start } = cursor;
  const value = readPlainNumber(cursor);
  const isAlone = cursor.index >= line.length || line.charCodeAt(cursor.index) === bar;
  if (isAlone && (kind === "unit" ? value >= 0 && value <= 1 : !Number.isNaN(value))) return value;
  cursor.index = start;
  return undefined;
}
