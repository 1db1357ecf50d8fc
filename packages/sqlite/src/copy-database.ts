import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import SqliteFile from "better-sqlite3";
import type { Connection } from "./connection.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";

/** How a copy is made. */
export interface CopyOptions {
  readonly pagesPerStep: number;
  onProgress(copiedPages: number, totalPages: number): void;
  /** Asked between steps; its error ends the copy. */
  throwIfStopped(): void;
}

/** Copies a database, as it is now, to a checked file of its own; whoever writes meanwhile is not held up. [DB16]
 *
 * The copy gets its name when it is whole, checked and on disk; before that it stands beside as `.partial`. */
export async function copyDatabase(connection: Connection, to: string, options: CopyOptions): Promise<number> {
  const partial = `${to}.partial`;
  removeWithJournals(partial);
  try {
    // One read transaction over all steps: without it, every write elsewhere makes SQLite begin anew.
    connection.exec("BEGIN");
    connection.prepare("SELECT count(*) FROM sqlite_schema").get();
    let pages = 0;
    try {
      await connection.backup(partial, (copied, total) => {
        pages = total;
        options.throwIfStopped();
        options.onProgress(copied, total);
        return options.pagesPerStep;
      });
    } finally {
      if (connection.inTransaction()) connection.exec("ROLLBACK");
    }
    options.throwIfStopped();
    pages = settleCopy(partial);
    options.onProgress(pages, pages);
    sync(partial);
    renameSync(partial, to);
    sync(dirname(to));
    return pages;
  } catch (thrown) {
    removeWithJournals(partial);
    if (thrown instanceof TypeError || (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")) {
      const message = `Copying to ${to}: ${thrown.message}. Create the folder first.`;
      throw new DatabaseError("CANNOT_OPEN", message, { cause: thrown });
    }
    throw toDatabaseError(thrown, `Copying to ${to}`);
  }
}

/** Makes a copied database one plain file, without a WAL beside it, and checks it. Returns its pages. Throws CORRUPT. */
export function settleCopy(path: string): number {
  const copy = new SqliteFile(path, { fileMustExist: true });
  try {
    copy.pragma("journal_mode = DELETE");
    const verdict = String(copy.pragma("integrity_check(1)", { simple: true }));
    if (verdict === "ok") return Number(copy.pragma("page_count", { simple: true }));
    const message = `The copy of the database is damaged (${verdict}): so is the database. Restore an older backup.`;
    throw new DatabaseError("CORRUPT", message);
  } finally {
    copy.close();
  }
}

/** Brings a file, or the names of a folder, to disk. Never of an open database: closing it would drop SQLite's locks. */
export function sync(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes a database file and what SQLite puts beside it. */
export function removeWithJournals(path: string): void {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
}
