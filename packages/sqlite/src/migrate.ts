import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import type { Database } from "./database-types.ts";
import { DatabaseError, isDatabaseError } from "./database-error.ts";

/** A room's migrations by name; names sort in the order they run ("001_tables", "002_..."). Forward only. */
export type Migrations = Readonly<Record<string, { up(db: Kysely<unknown>): Promise<void> }>>;

/** Brings one room's tables up to date and returns the names of the migrations that ran now. [DB9] [DB17] [DB27]
 *
 * Each room has its own bookkeeping tables, `{room}_migrations` and `{room}_migrations_lock`. All of a room's pending
 * migrations run in one transaction: after a crash either all stand or none. A file that was there before is backed up
 * first; when a migration fails, the error names the backup. Of several processes one migrates, the others wait for it
 * and find it done. Throws DatabaseError SCHEMA. */
export async function migrate(database: Database, room: string, migrations: Migrations): Promise<readonly string[]> {
  if (firstPending(database, room, migrations) === undefined) return [];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.exclusive((db) => migrateAlone(database, db, room, migrations));
    } catch (thrown) {
      // Whoever migrates a large file holds the lock for longer than any unit does.
      if (attempt === lockAttempts || !isDatabaseError(thrown) || thrown.code !== "BUSY") throw thrown;
    }
  }
}

/** How often the lock is waited for, `busyTimeoutMs` each time. */
const lockAttempts = 6;

/** Migrates inside one transaction that holds the lock from before the look at what is pending: another process may have
 * done it meanwhile. */
function migrateAlone(
  database: Database,
  db: Kysely<unknown>,
  room: string,
  migrations: Migrations,
): Promise<readonly string[]> {
  return db.transaction().execute(async (transaction) => {
    const first = firstPending(database, room, migrations);
    if (first === undefined) return [];
    const backup = await database.backUpBeforeMigration(room, first);
    const migrator = new Migrator({
      db: transaction,
      provider: { getMigrations: async () => ({ ...migrations }) },
      migrationTableName: `${room}_migrations`,
      migrationLockTableName: `${room}_migrations_lock`,
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error === undefined) return (results ?? []).map((result) => result.migrationName);
    const failed = results?.find((result) => result.status === "Error")?.migrationName;
    const what =
      failed === undefined ? `The tables of ${room} do not fit this program` : `Migration ${failed} of ${room} failed`;
    const why = error instanceof Error ? error.message : "unknown reason";
    const where = backup === undefined ? "" : ` The file as it was before is at ${backup}.`;
    const message = `${what}, and nothing of it was kept: ${why}. Start the version that wrote this file.${where}`;
    // A disk or a lock in the way is not a fault of the schema.
    const code = isDatabaseError(error) && passing.has(error.code) ? error.code : "SCHEMA";
    throw new DatabaseError(code, message, { cause: error });
  });
}

const passing: ReadonlySet<string> = new Set(["BUSY", "FULL", "IO", "READ_ONLY"]);

/** Returns the first migration that has not run; throws SCHEMA when a newer program migrated the file. */
function firstPending(database: Database, room: string, migrations: Migrations): string | undefined {
  const applied = appliedMigrations(database, room);
  const newer = applied.filter((name) => !(name in migrations));
  if (newer.length > 0) {
    const message = `${database.path} knows migration ${newer.at(-1)} of ${room}, this program does not: a newer version wrote it. Start that version, or restore a backup.`;
    throw new DatabaseError("SCHEMA", message);
  }
  return Object.keys(migrations)
    .toSorted()
    .find((name) => !applied.includes(name));
}

function appliedMigrations(database: Database, room: string): readonly string[] {
  const table = `${room}_migrations`;
  if (database.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", table) === undefined) return [];
  return database.all<{ name: string }>(`SELECT name FROM "${table}" ORDER BY name`).map((row) => row.name);
}
