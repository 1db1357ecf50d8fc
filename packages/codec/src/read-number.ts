import { dot, isDigit, minus } from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Finds the end of the number that starts at `start`, or -1 when none does. */
export function numberEnd(text: string, start: number): number {
  number.lastIndex = start;
  return number.test(text) ? number.lastIndex : -1;
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
  const isExact = Number.isSafeInteger(value) || (Number.isFinite(value) && /[.e]/i.test(lexeme));
  return isExact ? value : fail(cursor, "unsafe_number", at);
}
