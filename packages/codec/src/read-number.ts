import { dot, isDigit, minus, plus } from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";

/** Finds the end of the number that starts at `start`, or -1 when none does. */
export function numberEnd(text: string, start: number): number {
  let index = text.charCodeAt(start) === minus ? start + 1 : start;
  const first = text.charCodeAt(index);
  if (!isDigit(first)) return -1;
  index += 1;
  if (first !== 0x30) index = digitsEnd(text, index);
  if (text.charCodeAt(index) === dot && isDigit(text.charCodeAt(index + 1))) index = digitsEnd(text, index + 2);
  if ((text.charCodeAt(index) | 0x20) === 0x65) {
    const sign = text.charCodeAt(index + 1);
    const digits = sign === plus || sign === minus ? index + 2 : index + 1;
    if (isDigit(text.charCodeAt(digits))) index = digitsEnd(text, digits + 1);
  }
  return index;
}

/** Reads a plain number such as `-12.5`, without a lexeme; `NaN` leaves the cursor, for the exact reader to decide.
 *
 * Up to 15 digits are a whole number without rounding, and so is the power of ten: their quotient is the nearest. */
export function readPlainNumber(cursor: Cursor): number {
  const { line } = cursor;
  const isNegative = line.charCodeAt(cursor.index) === minus;
  const start = isNegative ? cursor.index + 1 : cursor.index;
  let index = start;
  let point = -1;
  let digits = 0;
  let scale = 1;
  for (; index < line.length; index += 1) {
    const unit = line.charCodeAt(index);
    if (isDigit(unit)) {
      digits = digits * 10 + unit - 0x30;
      if (point >= 0) scale *= 10;
    } else if (unit === dot && point < 0) {
      point = index;
    } else {
      if (unit === dot || (unit | 0x20) === 0x65) return Number.NaN;
      break;
    }
  }
  const wholeEnd = point < 0 ? index : point;
  const hasZeroAhead = wholeEnd > start + 1 && line.charCodeAt(start) === 0x30;
  if (wholeEnd === start || index - 1 === point || hasZeroAhead || index - start > 15) return Number.NaN;
  cursor.index = index;
  return (isNegative ? -digits : digits) / scale;
}

/** Turns a lexeme that stands at `at` into its number; one that would change on the way fails. [C11] */
export function toNumber(cursor: Cursor, lexeme: string, at: number): number | undefined {
  const value = Number(lexeme);
  if (Number.isSafeInteger(value)) return value;
  if (Number.isFinite(value) && !isIntegerLexeme(lexeme)) return value;
  return fail(cursor, {
    code: "unsafe_number",
    index: at,
    found: "number",
    expected: ["a whole number within ±9007199254740991", "a finite number"],
    hint: "Quote it: as a number it would change.",
  });
}

function digitsEnd(text: string, start: number): number {
  let index = start;
  while (isDigit(text.charCodeAt(index))) index += 1;
  return index;
}

function isIntegerLexeme(lexeme: string): boolean {
  return digitsEnd(lexeme, lexeme.charCodeAt(0) === minus ? 1 : 0) === lexeme.length;
}
