/** What is wrong with something that came from outside, and what to do about it. Codes are API, messages are not. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** With `busy` and `rate_limited`: so many milliseconds from now it may be tried again. */
  readonly retryAfterMs?: number | undefined;
}

/** A value from outside after the check: the value, or what is wrong with it. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Fault };

/** Makes the failed half of a {@link Checked}. */
export function fault(code: string, message: string, hint = ""): { readonly ok: false; readonly error: Fault } {
  return { ok: false, error: { code, message, hint } };
}
