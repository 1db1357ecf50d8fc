/** What can go wrong with a model. Codes are API, messages are not. [L12]
 *
 * `model_unavailable`: not reached, or it failed by itself. `rate_limited`: asked too often. `unauthorized`: the key is
 * refused. `bad_request`: the same request will never do. `deadline`: the time was over. `stalled`: nothing came for too
 * long. `bad_response`: what came breaks the rules. `budget_exceeded`: it was not asked, the budget is spent.
 * `breaker_open`: it was not asked, it failed too often. `script_exhausted`, `not_recorded`: a double knows no reply. */
export type LlmErrorCode =
  | "model_unavailable"
  | "rate_limited"
  | "unauthorized"
  | "bad_request"
  | "deadline"
  | "stalled"
  | "bad_response"
  | "budget_exceeded"
  | "breaker_open"
  | "script_exhausted"
  | "not_recorded";

/** What is known beside the code. */
export interface LlmErrorOptions extends ErrorOptions {
  /** Milliseconds after which asking again makes sense, where somebody said so. */
  readonly retryAfterMs?: number | undefined;
}

/** The one error class of this package. A cancel is no error: the stream ends with `done` and `cancelled`. [L3]
 *
 * A message names the model and what to do. It never holds a key, a prompt or an answer: it may be logged. [L12] */
export class LlmError extends Error {
  readonly code: LlmErrorCode;
  /** Milliseconds after which asking again makes sense; undefined when nobody said. */
  readonly retryAfterMs: number | undefined;

  constructor(code: LlmErrorCode, message: string, options: LlmErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "LlmError";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
