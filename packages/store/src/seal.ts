import { hash } from "node:crypto";
import type { Row } from "@kingly/sqlite";
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
