/** Why the store refused a call. Codes are API, messages are not.
 *
 * INVALID_VALUE: a field that no row may hold. UNKNOWN_WORKSPACE, UNKNOWN_REFERENCE: a workspace, parent, project or
 * task that is not there. NO_LINK: a task of a workspace that has granted no link. CYCLE: a task would block itself.
 * BAD_CURSOR: a page cursor that this list did not make. */
export type StoreErrorCode =
  | "BAD_CURSOR"
  | "CYCLE"
  | "INVALID_VALUE"
  | "NO_LINK"
  | "UNKNOWN_REFERENCE"
  | "UNKNOWN_WORKSPACE";

const brand = Symbol.for("@kingly/store/StoreError");

/** The one error that this room throws itself; thrown in a unit, it takes the unit back unless it is caught there. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether a value is a StoreError, also one of another copy of this package. */
export function isStoreError(value: unknown): value is StoreError {
  return typeof value === "object" && value !== null && brand in value;
}
