import { countPoints } from "./characters.ts";

/** What was mended. The codes are API. [C37] */
export type RepairCode =
  | "wrapper"
  | "spaces"
  | "code_case"
  | "raw_bracket"
  | "escape"
  | "percent"
  | "trailing_comma"
  | "bare_word"
  | "bare_key"
  | "smart_quote"
  | "python_word"
  | "missing_closer"
  | "object_form";

/** One change of a line: at code point `at`, `from` was written and `to` is read. [C37] */
export interface Repair {
  readonly code: RepairCode;
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** A change before it is told: the UTF-16 units from `start` to `end` become `to`. */
export interface Edit {
  readonly code: RepairCode;
  readonly start: number;
  readonly end: number;
  readonly to: string;
}

/** A line with its edits made, and the way back to where its signs came from. */
export interface Edited {
  readonly text: string;
  readonly repairs: readonly Repair[];
  /** Turns a position in `text` into one of the line; both in code points. */
  readonly originalAt: (at: number) => number;
}

/** Makes the edits of a line, which are in order and do not overlap. */
export function applyEdits(line: string, edits: readonly Edit[]): Edited {
  let text = "";
  let from = 0;
  let fromPoints = 0;
  let textPoints = 0;
  const repairs: Repair[] = [];
  // Where each edit ends, in both, in code points.
  const marks: { readonly text: number; readonly line: number; readonly start: number }[] = [];
  for (const { code, start, end, to } of edits) {
    const kept = line.slice(from, start);
    const points = countPoints(kept);
    const old = line.slice(start, end);
    repairs.push({ code, at: fromPoints + points, from: old, to });
    text += kept + to;
    textPoints += points + countPoints(to);
    marks.push({ text: textPoints, line: fromPoints + points + countPoints(old), start: fromPoints + points });
    fromPoints += points + countPoints(old);
    from = end;
  }
  text += line.slice(from);
  const originalAt = (at: number): number => {
    let line = at;
    for (const mark of marks) {
      if (at < mark.text) return Math.min(line, mark.start);
      line = mark.line + (at - mark.text);
    }
    return line;
  };
  return { text, repairs, originalAt };
}
