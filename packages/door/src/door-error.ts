/** Why a door could not be made. BAD_OPTION: a wrong option; BAD_ROUTE: a wrong or doubled route. Codes are API. */
export type DoorErrorCode = "BAD_OPTION" | "BAD_ROUTE";

const brand = Symbol.for("@kingly/door/DoorError");

/** The one error of this room: `code` and a message that says what to do. */
export class DoorError extends Error {
  override readonly name = "DoorError";
  readonly code: DoorErrorCode;

  constructor(code: DoorErrorCode, message: string) {
    super(message);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether a value is a DoorError, also one of another copy of this package. */
export function isDoorError(value: unknown): value is DoorError {
  return typeof value === "object" && value !== null && brand in value;
}
