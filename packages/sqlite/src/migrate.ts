import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { DatabaseError } from "./database-error.ts";
import type { Database } from "./database.ts";

/** A room's migrations by name; names sort in the order they run ("001_tables", "002_..."). Forward only. */
export type Migrations = Readonly<Record<string, { up(db: Kysely<unknown>): Promise<void> }>>;

/** Brings one room's tables up to date and returns the names of the migrations that ran now. [DB9]
 *
 * Each room has its own bookkeeping tables, `{room}_migrations` and `{room}_migrations_lock`. All of a room's pending
 * migrations run in one transaction: after a crash either all stand or none. Throws DatabaseError SCHEMA. */
export async function migrate(database: Database, room: string, migrations: Migrations): Promise<readonly string[]> {
  return database.exclusive(async (db) => {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...migrations }) },
      migrationTableName: `${room}_migrations`,
      migrationLockTableName: `${room}_migrations_lock`,
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) {
      const failed = results?.find((result) => result.status === "Error")?.migrationName;
      const what =
        failed === undefined
          ? `The tables of ${room} do not fit this program`
          : `Migration ${failed} of ${room} failed`;
      const why = error instanceof Error ? error.message : "unknown reason";
      throw new DatabaseError(
        "SCHEMA",
        `${what}: ${why}. Start the version that wrote this file, or restore a backup.`,
        {
          cause: error,
        },
      );
    }
    return (results ?? []).map((result) => result.migrationName);
  });
}
