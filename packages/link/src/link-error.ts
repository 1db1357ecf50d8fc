/** Codes of {@link LinkError}. */
export type LinkErrorCode = "INVALID_OPTIONS" | "UNTELLABLE_BODY" | "CONNECT_FAILED";

/** The one error of this package: a promise of the environment or of the caller is broken.
 *
 * `INVALID_OPTIONS` (a factory), `UNTELLABLE_BODY` (not a JSON object), `CONNECT_FAILED` (a socket did not open). */
export class LinkError extends Error {
  readonly code: LinkErrorCode;

  constructor(code: LinkErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = "LinkError";
    this.code = code;
  }
}

/** Tells whether `value` is a {@link LinkError}, also one of another copy of this package. */
export function isLinkError(value: unknown): value is LinkError {
  return value instanceof Error && value.name === "LinkError";
}
