/** What a call says when a refusal belongs to normal life: a code and a hint, nothing changed. */
export interface Refusal<Code extends string> {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
}

/** A value, or the reason why there is none. */
export type Result<T, Code extends string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Refusal<Code> };
