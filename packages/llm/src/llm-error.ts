/** What can go wrong with a model. Codes are API, messages are not.
 *
 * `model_unavailable`: it could not be reached, or refused to serve. `deadline`: the time was over.
 * `bad_response`: what came back breaks the rules. `script_exhausted`: a scripted model has no reply for the request. */
export type LlmErrorCode = "model_unavailable" | "deadline" | "bad_response" | "script_exhausted";

/** The one error class of this package. A cancel is no error: the stream ends with `done` and `cancelled`. [L3] */
export class LlmError extends Error {
  readonly code: LlmErrorCode;

  constructor(code: LlmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LlmError";
    this.code = code;
  }
}
