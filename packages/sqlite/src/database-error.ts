/** Why the database could not do what it was asked. Codes are API, messages are not.
 *
 * BUSY: another process held the write lock past `busyTimeoutMs`. FULL, IO, READ_ONLY, CORRUPT, CANNOT_OPEN: the file
 * or its disk. FOREIGN_FILE: another program's database. CONSTRAINT: a unit broke a constraint. SCHEMA: a migration failed or the file is newer than the program.
 * OVERLOADED: too many units or reads wait. UNIT_ESCAPED: a unit awaited something other than the database. CLOSED: used
 * after close. ABORTED, TIMEOUT, TOO_LARGE, READER_ENDED, JOB_FAILED: a read of the pool was stopped by its caller, by its
 * deadline, by maxRows, by the end of its thread, or by an error of the job's own code (its `cause`). */
export type DatabaseErrorCode =
  | "ABORTED"
  | "BUSY"
  | "CANNOT_OPEN"
  | "CLOSED"
  | "CONSTRAINT"
  | "CORRUPT"
  | "FOREIGN_FILE"
  | "FULL"
  | "IO"
  | "JOB_FAILED"
  | "OVERLOADED"
  | "READER_ENDED"
  | "READ_ONLY"
  | "SCHEMA"
  | "SQL"
  | "TIMEOUT"
  | "TOO_LARGE"
  | "UNIT_ESCAPED";

const brand = Symbol.for("@kingly/sqlite/DatabaseError");

/** The one error of this room: `code`, a message that says what to do, and the `cause`. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether a value is a DatabaseError, also one of another copy of this package. */
export function isDatabaseError(value: unknown): value is DatabaseError {
  return typeof value === "object" && value !== null && brand in value;
}

const hints: Readonly<Record<string, readonly [DatabaseErrorCode, string]>> = {
  SQLITE_BUSY: ["BUSY", "Another process is writing to this file; stop it, or raise busyTimeoutMs."],
  SQLITE_CANTOPEN: ["CANNOT_OPEN", "Check that the folder exists and that this user may write to it."],
  SQLITE_CONSTRAINT: ["CONSTRAINT", "The change breaks a constraint of the table and was taken back."],
  SQLITE_CORRUPT: ["CORRUPT", "The file is damaged; restore it from a backup."],
  SQLITE_NOTADB: ["CORRUPT", "The file is not a SQLite database; move it away or restore it from a backup."],
  SQLITE_FULL: ["FULL", "The disk is full; free some space. Nothing of this unit was kept."],
  SQLITE_IOERR: ["IO", "The disk reported an error; check the disk and its mount."],
  SQLITE_READONLY: ["READ_ONLY", "The file or its folder is read-only; give this user the right to write."],
};

/** Turns what better-sqlite3 threw into a DatabaseError; anything else is returned as it is. */
export function toDatabaseError(thrown: unknown, doing: string): unknown {
  if (isDatabaseError(thrown) || !(thrown instanceof Error) || !("code" in thrown)) return thrown;
  const sqliteCode = String(thrown.code);
  if (!sqliteCode.startsWith("SQLITE_")) return thrown;
  // Extended codes (SQLITE_CONSTRAINT_UNIQUE) begin with their primary code.
  const primary = sqliteCode.split("_").slice(0, 2).join("_");
  const [code, hint] = hints[primary] ?? (["SQL", "Check the statement."] as const);
  return new DatabaseError(code, `${doing}: ${thrown.message} (${sqliteCode}). ${hint}`, { cause: thrown });
}
