import { hash } from "node:crypto";
import type { Row, SqlValue, Unit } from "@kingly/sqlite";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { BeliefTable } from "./belief-table.ts";

const sealBytes = 8;

/** Returns the seal of a row: the first 8 bytes of the SHA-256 over the JSON array of all that it says. [S101]
 *
 * In this order: the columns of the thing, those of the belief, valid_from, valid_to, sys_from. Not `sys_to`: a belief
 * is closed later. */
export function sealOf(table: BeliefTable, row: Row): Buffer {
  const says = [...table.thing, ...table.columns, "valid_from", "valid_to", "sys_from"].map((column) => {
    const value = row[column] ?? null;
    // As the file holds it: half of a surrogate pair has no form in UTF-8.
    return typeof value === "string" ? value.toWellFormed() : value;
  });
  return hash("sha256", JSON.stringify(says), "buffer").subarray(0, sealBytes);
}

/** Seals what has no seal of one thing, current and closed: once its values were forgotten, or another program changed it. */
export function sealThing(unit: Unit, table: BeliefTable, thing: Readonly<Record<string, SqlValue>>): void {
  if (table.isSealed !== true) return;
  const key = table.thing.map((column) => thing[column] ?? null);
  const isThing = table.thing.map((column) => `${column} = ?`).join(" AND ");
  for (const name of [table.name, `${table.name}_history`]) {
    const rows = unit.all(`SELECT rowid AS sealed_row, * FROM ${name} WHERE ${isThing} AND seal IS NULL`, ...key);
    for (const row of rows) {
      unit.run(`UPDATE ${name} SET seal = ? WHERE rowid = ?`, sealOf(table, row), row["sealed_row"] ?? null);
    }
  }
}

/** Seals all rows of a table that have no seal yet, current and closed ones, a page at a time. [S101] */
export async function sealRows(db: Kysely<unknown>, table: BeliefTable, rowId: string): Promise<void> {
  for (const [name, id] of [
    [table.name, rowId],
    [`${table.name}_history`, "row_id"],
  ] as const) {
    for (let after = -1; ;) {
      const { rows } = await sql<Row>`SELECT ${sql.ref(id)} AS sealed_row, * FROM ${sql.table(name)}
        WHERE ${sql.ref(id)} > ${after} ORDER BY ${sql.ref(id)} LIMIT 500`.execute(db);
      for (const row of rows) {
        after = Number(row["sealed_row"]);
        await sql`UPDATE ${sql.table(name)} SET seal = ${sealOf(table, row)} WHERE ${sql.ref(id)} = ${after}`.execute(
          db,
        );
      }
      if (rows.length === 0) break;
    }
  }
}
