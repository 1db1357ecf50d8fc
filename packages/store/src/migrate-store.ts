import { migrate } from "@kingly/sqlite";
import type { Database, Migrations } from "@kingly/sqlite";
import { sql } from "kysely";
import { logTables } from "./schema/log-tables.ts";
import { memoryTables } from "./schema/memory-tables.ts";
import { workTables } from "./schema/work-tables.ts";

// The statements are constants of this package: no value from outside ever reaches sql.raw.
const migrations: Migrations = {
  "001_tables": {
    async up(db) {
      for (const statement of [...logTables, ...workTables, ...memoryTables]) await sql.raw(statement).execute(db);
    },
  },
};

/** Brings the store's tables up to date; returns the names of the migrations that ran now. [S1]
 *
 * The result is `schema.sql` of this package. Throws DatabaseError SCHEMA when the file is newer than the program. */
export async function migrateStore(database: Database): Promise<readonly string[]> {
  return migrate(database, "store", migrations);
}
