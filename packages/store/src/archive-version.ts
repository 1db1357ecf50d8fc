import type { Unit } from "@kingly/sqlite";
import { forever } from "./forever.ts";
import { versionedColumns } from "./store-tables.ts";
import type { VersionedTable } from "./store-tables.ts";

/** Copies the current version into the history before it changes or goes, at `atMs`. [S4]
 *
 * Two rows: what was believed until now (`sys_to` closes) and what is believed from now on about the past (`valid_to`
 * closes). With the current row, every pair of valid and system time then finds exactly one version. */
export function archiveVersion(unit: Unit, table: VersionedTable, rowId: number, atMs: number): void {
  const columns = versionedColumns[table];
  unit.run(
    `INSERT INTO ${table}_history (${columns}, valid_from, valid_to, sys_from, sys_to)
     SELECT ${columns}, valid_from, iif(closed, ?, valid_to), iif(closed, ?, sys_from), iif(closed, ?, ?)
     FROM ${table}, (SELECT 0 AS closed UNION ALL SELECT 1) WHERE rowid = ?`,
    atMs,
    atMs,
    forever,
    atMs,
    rowId,
  );
}
