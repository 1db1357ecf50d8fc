import { copyFileSync, existsSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import SqliteFile from "better-sqlite3";
import { removeWithJournals, settleCopy, sync } from "./copy-database.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";

/** Puts a backup in the place of a database that nobody has open. What stood there is kept as `<path>.replaced`. [DB17]
 *
 * The backup itself is only read, and checked first. Throws BUSY when a process has the database open, CORRUPT when the
 * backup is damaged, CANNOT_OPEN when there is none. A log with an epoch needs a new one afterwards. */
export function restoreBackup(backupPath: string, path: string): void {
  if (!existsSync(backupPath)) {
    throw new DatabaseError("CANNOT_OPEN", `Restoring ${backupPath}: there is no such file. Check its name.`);
  }
  const restoring = `${path}.restoring`;
  try {
    removeWithJournals(restoring);
    copyFileSync(backupPath, restoring);
    settleCopy(restoring);
    sync(restoring);
    if (existsSync(path)) {
      closeForAll(path);
      removeWithJournals(`${path}.replaced`);
      // The WAL belongs to its file: left here, SQLite would play it into the restored one.
      for (const suffix of ["-wal", "-shm", ""]) {
        if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${path}.replaced${suffix}`);
      }
    }
    renameSync(restoring, path);
    sync(dirname(path));
  } catch (thrown) {
    removeWithJournals(restoring);
    throw toDatabaseError(thrown, `Restoring ${backupPath}`);
  }
}

/** Folds the WAL into the file, which only its last user can. Throws BUSY; a damaged file is left as it is. */
function closeForAll(path: string): void {
  try {
    const file = new SqliteFile(path, { timeout: 0 });
    try {
      file.pragma("journal_mode = DELETE");
    } finally {
      file.close();
    }
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("SQLITE_BUSY")) throw thrown;
  }
}
