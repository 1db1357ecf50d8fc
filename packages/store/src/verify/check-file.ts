import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { migrateStore } from "../migrate-store.ts";
import { countScan, countedTables } from "../schema/count-tables.ts";
import { restoreHint } from "./finding.ts";
import type { Findings } from "./finding.ts";

/** What SQLite itself says of the file: pages, indexes, constraints and foreign keys. [S102] */
export function checkFile(database: Database, findings: Findings): void {
  for (const { integrity_check: message } of database.all<{ integrity_check: string }>("PRAGMA integrity_check(100)")) {
    if (message !== "ok")
      findings.add({ code: "FILE_DAMAGED", message: `SQLite says: ${message}.`, hint: restoreHint });
  }
  for (const row of database.all<{ table: string; rowid: number | null; parent: string }>("PRAGMA foreign_key_check")) {
    const message = `A row of ${row.table} (${row.rowid ?? "without rowid"}) refers to a row of ${row.parent} that is not there.`;
    const hint = "Another program removed it with foreign keys off. Put it back, or remove what refers to it.";
    findings.add({ code: "REFERENCE_BROKEN", table: row.table, message, hint });
  }
}

interface SchemaRow {
  readonly name: string;
  readonly sql: string;
}

const schemaOf = (database: Database): readonly SchemaRow[] =>
  database.all<SchemaRow>("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL");

// The same for every file: made once, when it is asked for first.
let wanted: Promise<readonly SchemaRow[]> | undefined;

async function makeWanted(): Promise<readonly SchemaRow[]> {
  const fresh = openDatabase({ path: ":memory:" });
  try {
    await migrateStore(fresh);
    return schemaOf(fresh);
  } finally {
    await fresh.close();
  }
}

/** Compares tables, indexes and triggers with those that the migrations of this program make. [S102] */
export async function checkSchema(database: Database, findings: Findings): Promise<void> {
  wanted ??= makeWanted();
  const present = new Map(schemaOf(database).map(({ name, sql }) => [name, sql]));
  for (const { name, sql } of await wanted) {
    if (present.get(name) === sql) continue;
    const message = `${name} is ${present.has(name) ? "not as this program makes it" : "missing"}.`;
    const hint =
      "Another program changed the schema, or the file is from another version: migrate it, or restore a backup.";
    findings.add({ code: "SCHEMA_CHANGED", table: name, message, hint });
  }
}

/** Lets each full-text index compare itself with the rows that it is about. Writes nothing, but needs a writer. [S102] */
export async function checkWords(database: Database, findings: Findings): Promise<void> {
  const indexes = database.all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%content=%'",
  );
  for (const { name } of indexes) {
    try {
      await database.write(
        (unit) => void unit.run(`INSERT INTO ${name} (${name}, rank) VALUES ('integrity-check', 1)`),
      );
    } catch (thrown) {
      const message = `The words of ${name} are not those of its rows: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      const hint = `If nothing else was found: INSERT INTO ${name} (${name}) VALUES ('rebuild').`;
      findings.add({ code: "WORDS_WRONG", table: name, message, hint });
    }
  }
}

/** Compares the kept counts with scans. [S102] */
export function checkCounts(database: Database, findings: Findings): void {
  for (const counted of countedTables) {
    const differences = database.all<{
      workspace_id: string;
      scope: string;
      state: string;
      kept: number;
      there: number;
    }>(
      `SELECT workspace_id, scope, state, sum(kept) AS kept, sum(there) AS there FROM (
         SELECT workspace_id, scope, state, rows AS kept, 0 AS there FROM row_counts WHERE counted = ?
         UNION ALL SELECT workspace_id, scope, state, 0, rows FROM (${countScan(counted)})
       ) GROUP BY 1, 2, 3 HAVING sum(kept) <> sum(there)`,
      counted.counted,
    );
    for (const { workspace_id: workspaceId, scope, state, kept, there } of differences) {
      const message = `${counted.counted} ${scope} ${state}: ${kept} are counted, ${there} are there.`;
      const hint = "Restore a backup, or set the row of row_counts to what is there.";
      findings.add({ code: "COUNT_WRONG", workspaceId, table: "row_counts", message, hint });
    }
  }
}
