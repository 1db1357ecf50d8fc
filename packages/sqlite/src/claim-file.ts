import { accessSync, constants, statSync } from "node:fs";
import type SqliteFile from "better-sqlite3";
import { DatabaseError } from "./database-error.ts";

/** What stands in the header of our files (`PRAGMA application_id`): "KGLY". */
export const applicationId = 0x4b_47_4c_59;

/** Refuses a folder and a file that may not be written, before SQLite is asked. [DB2]
 *
 * SQLite opens such a file for reading only and says so at the first write. Asked without opening it: closing a handle
 * of an open database drops the locks of everybody in this process. */
export function refusePath(path: string): void {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry?.isDirectory() === true) {
    throw new DatabaseError("CANNOT_OPEN", `Opening ${path}: it is a folder. Give the path of a file in it.`);
  }
  if (entry === undefined) return;
  try {
    accessSync(path, constants.W_OK);
  } catch (thrown) {
    const message = `Opening ${path}: the file is read-only. Give this user the right to write it.`;
    throw new DatabaseError("READ_ONLY", message, { cause: thrown });
  }
}

/** Refuses another program's database before anything of it is changed. [DB18]
 *
 * Ours have our application_id; those from before it had one have the bookkeeping of `migrate`. Returns whether the file
 * is new: it holds nothing yet. */
export function refuseForeignFile(file: SqliteFile.Database, path: string): boolean {
  const id = Number(file.pragma("application_id", { simple: true }));
  const names = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  // Marked, but empty: another process is just beginning the same file.
  if (id === applicationId) return names.length === 0;
  if (id === 0 && names.length === 0) return true;
  if (id === 0 && names.some((name) => name.endsWith("_migrations_lock"))) return false;
  const whose = id === 0 ? `tables that are not ours (${names.slice(0, 3).join(", ")})` : `the mark of another program`;
  throw new DatabaseError(
    "FOREIGN_FILE",
    `Opening ${path}: the database has ${whose}. Give another path, or acceptForeign if it is meant.`,
  );
}

/** Puts our mark on a file that has none yet. [DB18] */
export function claimFile(file: SqliteFile.Database): void {
  if (Number(file.pragma("application_id", { simple: true })) !== 0) return;
  try {
    file.exec("BEGIN IMMEDIATE");
  } catch (thrown) {
    // Another process writes just now; the mark has time until the next opening.
    if (thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("SQLITE_BUSY")) return;
    throw thrown;
  }
  try {
    file.pragma(`application_id = ${applicationId}`);
    file.exec("COMMIT");
  } catch (thrown) {
    if (file.inTransaction) file.exec("ROLLBACK");
    throw thrown;
  }
}
