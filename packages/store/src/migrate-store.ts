import { migrate } from "@kingly/sqlite";
import type { Database, Migrations } from "@kingly/sqlite";
import { sql } from "kysely";
import type { Kysely } from "kysely";
import { jsonToText } from "./json.ts";
import type { JsonValue } from "./json.ts";
import { chainTables } from "./schema/chain-tables.ts";
import { prepareForOutsideWriters } from "./outside-writers.ts";
import { fewerIndexes } from "./schema/fewer-indexes.ts";
import { graphTables } from "./schema/graph-tables.ts";
import { logTables } from "./schema/log-tables.ts";
import { memoryTables } from "./schema/memory-tables.ts";
import { quickDeletes } from "./schema/quick-deletes.ts";
import { searchTables } from "./schema/search-tables.ts";
import { timeTablesAfter, timeTablesBefore } from "./schema/time-tables.ts";
import { workTables } from "./schema/work-tables.ts";
import { sealRows } from "./seal.ts";
import { watchedTables } from "./watched-tables.ts";

// The statements are constants of this package: no value from outside ever reaches sql.raw.
async function run(db: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const migrations: Migrations = {
  "001_tables": { up: (db) => run(db, [...logTables, ...workTables, ...memoryTables]) },
  "002_time": {
    async up(db) {
      await run(db, timeTablesBefore);
      await fillValueTexts(db);
      await run(db, timeTablesAfter);
    },
  },
  "003_graph": { up: (db) => run(db, graphTables) },
  "004_search": { up: (db) => run(db, searchTables) },
  "005_log": {
    async up(db) {
      await run(db, chainTables);
      for (const { table, rowId = "row_id" } of watchedTables) {
        if (table.isSealed === true) await sealRows(db, table, rowId);
      }
    },
  },
  "006_quick_deletes": { up: (db) => run(db, quickDeletes) },
  "007_fewer_indexes": { up: (db) => run(db, fewerIndexes) },
};

/** Gives the words of each value to the history, which 001 kept for current rows only. A page at a time. */
async function fillValueTexts(db: Kysely<unknown>): Promise<void> {
  let after = -1;
  for (;;) {
    const { rows } = await sql<{ row_id: number; value: string }>`SELECT row_id, value FROM memory_history
      WHERE row_id > ${after} AND value IS NOT NULL ORDER BY row_id LIMIT 500`.execute(db);
    for (const { row_id: rowId, value } of rows) {
      const text = jsonToText(JSON.parse(value) as JsonValue);
      await sql`UPDATE memory_history SET value_text = ${text} WHERE row_id = ${rowId}`.execute(db);
      after = rowId;
    }
    if (rows.length === 0) return;
  }
}

/** Brings the store's tables up to date; returns the names of the migrations that ran now. [S1]
 *
 * It also makes this database a writer of the store: changes on any other connection count as another program's. [S94]
 *
 * The result is `schema.sql` of this package. Throws DatabaseError SCHEMA when the file is newer than the program. */
export async function migrateStore(database: Database): Promise<readonly string[]> {
  const ran = await migrate(database, "store", migrations);
  await prepareForOutsideWriters(database);
  return ran;
}
