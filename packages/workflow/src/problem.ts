/** What can be wrong with a definition or with the inputs of a run. Codes are API, messages are not. */
export type ProblemCode =
  | "too_large"
  | "too_deep"
  | "too_many_values"
  | "syntax"
  | "duplicate_key"
  | "unsupported_yaml"
  | "unknown_key"
  | "missing_key"
  | "wrong_type"
  | "wrong_value"
  | "missing_for_kind"
  | "not_for_kind"
  | "wrong_default"
  | "duplicate_step"
  | "unknown_need"
  | "cycle"
  | "bad_reference"
  | "bad_condition"
  | "unknown_input"
  | "unknown_step"
  | "not_in_needs"
  | "missing_input"
  | "unknown_workflow"
  | "not_now";

/** One thing that is wrong, without its place in the text. `path` is a JSON pointer ("/steps/2/needs/0", "" for all). */
export interface Finding {
  readonly code: ProblemCode;
  readonly message: string;
  readonly path: string;
  /** What to do about it. */
  readonly hint: string;
  /** The place inside the text at `path`, in UTF-16 units from 0, where it matters. */
  readonly offset?: number;
}

/** One thing that is wrong, with its place: `line` and `column` count from 1 and are absent when there is no text. */
export interface Problem extends Finding {
  readonly line?: number;
  readonly column?: number;
  /** The `source` that was given to the parser, such as a file name. */
  readonly source?: string;
}

/** A checked value, or everything found wrong (at most 100 problems, in order of the checks). */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How many problems are reported at most; the rest would only repeat. */
export const maxProblems = 100;

/** Writes one more segment of a JSON pointer. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
