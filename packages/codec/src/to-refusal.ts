import type { Cursor } from "./cursor.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** The answer to a line that cannot be read. */
export interface Refusal {
  readonly ok: false;
  readonly error: Diagnostic;
}

/** Turns the failure of a cursor into the answer to the caller. [C24] */
export function toRefusal(cursor: Cursor, field?: Diagnostic["field"]): Refusal {
  const { line, failure } = cursor;
  if (failure === undefined) throw new TypeError("A cursor without a failure was refused.");
  return {
    ok: false,
    error: {
      code: failure.code,
      at: codePointsBefore(line, failure.index),
      ...(field && { field }),
      ...(failure.expected && { expected: failure.expected }),
      found: failure.found ?? describeSign(line, failure.index),
      hint: failure.hint,
    },
  };
}

function codePointsBefore(line: string, index: number): number {
  let count = 0;
  for (let at = 0; at < index; count += 1) at += (line.codePointAt(at) ?? 0) > 0xff_ff ? 2 : 1;
  return count;
}

function describeSign(line: string, index: number): string {
  const point = line.codePointAt(index);
  if (point === undefined) return "end of line";
  const isVisible = (point > 0x20 && point < 0x7f) || (point > 0xa0 && (point < 0xd8_00 || point > 0xdf_ff));
  return isVisible ? String.fromCodePoint(point) : `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}
