/** Why an import could not begin. CANNOT_READ: the folder. UNKNOWN_WORKSPACE: make it first. TOO_MANY: over `maxFiles`. */
export type FileImportErrorCode = "CANNOT_READ" | "TOO_MANY" | "UNKNOWN_WORKSPACE";

const brand = Symbol.for("@kingly/file-import/FileImportError");

/** The one error of this room. What is wrong with a single file is never thrown; it stands in the report. */
export class FileImportError extends Error {
  override readonly name = "FileImportError";
  readonly code: FileImportErrorCode;

  constructor(code: FileImportErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether a value is a FileImportError, also one of another copy of this package. */
export function isFileImportError(value: unknown): value is FileImportError {
  return typeof value === "object" && value !== null && brand in value;
}
