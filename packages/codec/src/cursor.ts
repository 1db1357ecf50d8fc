import type { DiagnosticCode, Fault } from "./diagnostic.ts";

/** Where a reader stands in a line. `index` counts UTF-16 units; the first failure ends the reading. */
export interface Cursor {
  readonly line: string;
  index: number;
  failure: Failure | undefined;
}

/** Why a reader stopped, in UTF-16 units; turned into code points only when it is told to somebody. */
export interface Failure {
  readonly code: DiagnosticCode;
  readonly index: number;
  /** What only the reader knows and the words about it need: what was expected or found. */
  readonly detail?: string | undefined;
  readonly field?: Fault["field"];
}

/** Sets the failure and returns `undefined`, which every reader hands on. */
export function fail(cursor: Cursor, code: DiagnosticCode, index: number, detail?: string): undefined {
  cursor.failure = { code, index, detail };
  return undefined;
}
