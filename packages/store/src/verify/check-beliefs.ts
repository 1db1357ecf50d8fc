import type { Database, Row } from "@kingly/sqlite";
import { forever } from "../forever.ts";
import { canonicalJson } from "../json.ts";
import type { JsonValue } from "../json.ts";
import { sealOf } from "../seal.ts";
import type { WatchedTable } from "../watched-tables.ts";
import { rowIdsPerWorkspace } from "../workspace-row-ids.ts";
import { restoreHint } from "./finding.ts";
import type { Finding, FindingCode, Findings } from "./finding.ts";

const rowsPerPage = 500;

/** The times of each workspace's events in order, and the time until which its log was let go. */
export type LogTimes = ReadonlyMap<string, { readonly times: Float64Array; readonly sinceMs: number }>;

/** Checks every belief of a table: its seal, its numbers, that open ones do not overlap, and that time fits. [S102] */
export function checkBeliefs(database: Database, watched: WatchedTable, log: LogTimes, findings: Findings): number {
  const { table, rowId = "row_id" } = watched;
  const { name, thing } = table;
  const nameOf = (row: Row): string => thing.map((column) => String(row[column])).join(" ");
  const add = (code: FindingCode, of: string, row: Row, what: string, hint: string = restoreHint): void =>
    findings.add(
      withWorkspace({ code, table: of, message: `${of}, ${nameOf(row)}: ${what}.`, hint }, row[thing[0] ?? ""]),
    );

  let unsealed = 0;
  const checkRow = (of: string, row: Row): void => {
    if (row["seal"] === null) unsealed += 1;
    else if (table.isSealed === true && Buffer.compare(row["seal"] as Uint8Array, sealOf(table, row)) !== 0) {
      add("SEAL_BROKEN", of, row, "it does not say what was written");
    }
    if (of === name && row["sys_to"] !== forever) add("TIME_WRONG", of, row, "it is current, and ended");
    const number = Number(row["checked_row"]);
    const isNumbered = of === name ? watched.isNumbered === true : table.isHistorySearched === true;
    if (isNumbered && Math.floor(number / rowIdsPerWorkspace) !== row["checked_workspace"]) {
      add("NUMBER_WRONG", of, row, `its number ${number} is not one of its workspace`);
    }
  };
  for (const [of, id] of [
    [name, rowId],
    [`${name}_history`, "row_id"],
  ] as const) {
    for (let after = -1; ;) {
      const rows = database.all(
        `SELECT t.*, t.${id} AS checked_row, (SELECT w.row_id FROM workspaces AS w WHERE w.id = t.${thing[0]})
           AS checked_workspace FROM ${of} AS t WHERE t.${id} > ? ORDER BY t.${id} LIMIT ?`,
        after,
        rowsPerPage,
      );
      for (const row of rows) {
        after = Number(row["checked_row"]);
        checkRow(of, row);
      }
      if (rows.length < rowsPerPage) break;
    }
  }

  const names = thing.join(", ");
  const same = (left: string, right: string): string =>
    thing.map((column) => `${left}.${column} = ${right}.${column}`).join(" AND ");
  const open = (of: string): string =>
    `SELECT ${names}, valid_from, valid_to FROM ${of} WHERE sys_to = ${forever} AND valid_from < valid_to`;
  for (const row of database.all(
    `SELECT ${names} FROM (
       SELECT ${names}, valid_from, max(valid_to) OVER (PARTITION BY ${names} ORDER BY valid_from, valid_to
         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until
       FROM (${open(name)} UNION ALL ${open(`${name}_history`)})
     ) WHERE until > valid_from LIMIT 1000`,
  )) {
    add("BELIEFS_OVERLAP", name, row, "two open beliefs hold at the same time");
  }
  for (const row of database.all(
    `SELECT ${names}, sys_to FROM ${name}_history AS h WHERE h.sys_to <> ${forever}
     AND NOT EXISTS (SELECT 1 FROM ${name} AS c WHERE ${same("c", "h")} AND c.sys_from = h.sys_to)
     AND NOT EXISTS (SELECT 1 FROM ${name}_history AS x WHERE ${same("x", "h")} AND x.sys_from = h.sys_to)`,
  )) {
    const known = log.get(String(row[thing[0] ?? ""]));
    const endMs = Number(row["sys_to"]);
    if (known === undefined || endMs <= known.sinceMs || hasTime(known.times, endMs)) continue;
    add("TIME_WRONG", `${name}_history`, row, `it ended at ${endMs}, when nothing happened`);
  }
  return unsealed;
}

/** Compares memory with the log: a value is the one that its event told. [S102] */
export function checkMemoryValues(database: Database, findings: Findings): void {
  for (let after = -1; ;) {
    const rows = database.all<{
      id: number;
      workspace_id: string;
      key: string;
      value: string;
      seq: number;
      payload: string;
    }>(
      `SELECT m.id, m.workspace_id, m.key, m.value, e.seq, e.payload FROM memory AS m
       JOIN events AS e ON e.workspace_id = m.workspace_id AND e.seq = m.event_seq
       WHERE m.id > ? AND e.event_type = 'memory_stored' AND e.entity_id = m.key ORDER BY m.id LIMIT ?`,
      after,
      rowsPerPage,
    );
    for (const row of rows) {
      after = row.id;
      const told = JSON.parse(row.payload) as { readonly value: JsonValue; readonly forgotten?: boolean };
      const limits = { maxBytes: Number.POSITIVE_INFINITY, maxDepth: 1000 };
      if (told.forgotten === true || canonicalJson(told.value, "value", limits) === row.value) continue;
      const message = `memory, ${row.key}: its value is not the one that event ${row.seq} told.`;
      const place = { workspaceId: row.workspace_id, table: "memory", seq: row.seq };
      findings.add({ code: "VALUE_WRONG", message, hint: restoreHint, ...place });
    }
    if (rows.length < rowsPerPage) return;
  }
}

function withWorkspace(finding: Finding, workspaceId: unknown): Finding {
  return typeof workspaceId === "string" ? { ...finding, workspaceId } : finding;
}

function hasTime(times: Float64Array, atMs: number): boolean {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return times[low] === atMs;
}
