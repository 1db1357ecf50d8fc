/** What can be wrong with a line. The codes are API; the hints are not. [C24] */
export type DiagnosticCode =
  | "too_long"
  | "bad_code"
  | "unknown_code"
  | "bad_cid"
  | "missing_colon"
  | "raw_bracket"
  | "raw_control"
  | "edge_space"
  | "bad_escape"
  | "lone_surrogate"
  | "bad_payload"
  | "unterminated"
  | "text_after_value"
  | "unfilled_placeholder"
  | "duplicate_key"
  | "unsafe_number"
  | "too_deep"
  | "too_many_fields"
  | "wrong_kind"
  | "out_of_range"
  | "missing_field"
  | "empty_field"
  | "unknown_key"
  | "unsealed"
  | "tainted";

/** What is wrong with a line, and where. [C24]
 *
 * `at` counts code points from 0, in the whole line. `field.index` counts from 0; `field.name` is the template's,
 * or `extra` beyond it. */
export interface Fault {
  readonly code: DiagnosticCode;
  readonly at: number;
  readonly field?: { readonly index: number; readonly name: string };
}

/** A fault, and the words that say how to mend it. [C24]
 *
 * `found` is a character, a kind, a code, `U+` and hex digits, or `end of line`. */
export interface Diagnostic extends Fault {
  readonly expected?: readonly string[];
  readonly found?: string;
  readonly hint: string;
}

/** The outcome of reading: the value, or what is wrong. Reading never throws. */
export type Parsed<T, Refused extends Fault = Diagnostic> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Refused };
