import type { DiagnosticCode } from "./diagnostic.ts";

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
  readonly hint: string;
  readonly expected?: readonly string[];
  readonly found?: string;
}

/** Sets the failure and returns `undefined`, which every reader hands on. */
export function fail(cursor: Cursor, failure: Failure): undefined {
  cursor.failure = failure;
  return undefined;
}
