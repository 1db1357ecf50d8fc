/** Why a value cannot be written, or a template cannot be used. */
export type CodecErrorCode =
  | "UNKNOWN_OP"
  | "BAD_CID"
  | "MISSING_FIELD"
  | "WRONG_TYPE"
  | "OUT_OF_RANGE"
  | "TOO_DEEP"
  | "TOO_LONG"
  | "TOO_MANY_FIELDS"
  | "BAD_TEMPLATE";

const brand = Symbol.for("@kingly/codec/CodecError");

/** The one error of this package: a program asked for a line that cannot exist. [C22]
 *
 * `code` is stable. The message says what happened, with the values, and what to do. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  readonly code: CodecErrorCode;

  constructor(code: CodecErrorCode, message: string) {
    super(message);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether something thrown is a {@link CodecError}, also when it comes from another copy of this package. */
export function isCodecError(thrown: unknown): thrown is CodecError {
  return thrown instanceof Error && brand in thrown;
}

/** Makes the error for a value that no line can carry; the message shows numbers, and of all else the type. */
export function refuse(code: CodecErrorCode, name: string, value: unknown, wanted: string): CodecError {
  const shown = typeof value === "number" ? value : Array.isArray(value) ? "an array" : `of type ${typeof value}`;
  return new CodecError(code, `${name} is ${shown}. Give ${wanted}.`);
}
