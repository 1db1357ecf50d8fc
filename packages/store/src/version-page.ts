import type { SqlValue } from "@kingly/sqlite";
import type { BeliefTable } from "./belief-table.ts";
import type { Thing } from "./beliefs.ts";
import { refused } from "./check-value.ts";
import { forever } from "./forever.ts";
import type { Reader } from "./reader.ts";

/** Where a version stands among those of its thing. */
export interface VersionPlace {
  readonly version: number;
  readonly validFromMs: number;
  readonly sysFromMs: number;
  readonly sysToMs: number;
}

/** Which versions of a thing are read. Fewer than `limit` come back at the end only. */
export interface VersionOptions {
  /** Versions at most, 1 to 1,000. @default 1000 */
  readonly limit?: number;
  /** The last version of the page before: what comes after it is returned. @default from the first */
  readonly after?: VersionPlace;
  /** Pass the unit to see its own changes. */
  readonly reader?: Reader;
}

const maxVersions = 1000;
const beliefOrder = "sys_from, version, valid_from, sys_to";

/** Returns a page of all beliefs that were ever held of a thing, in the order of telling; without those of which
 * the column `wholeBy` was erased, where one is named. [S115] */
export function beliefPage<R>(
  reader: Reader,
  table: BeliefTable,
  thing: Thing,
  options: VersionOptions,
  wholeBy?: string,
): readonly R[] {
  const { after } = options;
  const key = keyOf(table, thing);
  const isWhole = wholeBy === undefined ? "" : ` AND ${wholeBy} IS NOT NULL`;
  return reader.all<R>(
    `SELECT * FROM (${table.sql.all}) WHERE (${beliefOrder}) > (?, ?, ?, ?)${isWhole} ORDER BY ${beliefOrder} LIMIT ?`,
    ...key,
    ...key,
    after?.sysFromMs ?? -1,
    after?.version ?? -1,
    after?.validFromMs ?? -1,
    after?.sysToMs ?? -1,
    limitOf(options),
  );
}

/** Returns a page of what is believed now about a thing at each time, oldest first. [S21] [S115]
 *
 * A version that was replaced within its own millisecond, or was erased, stands there too, with its last interval. */
export function timelinePage<R>(
  reader: Reader,
  table: BeliefTable,
  thing: Thing,
  options: VersionOptions,
): readonly R[] {
  const key = keyOf(table, thing);
  const isGone = `(${table.erased ?? "version"} IS NULL OR sys_from = sys_to)`;
  return reader.all<R>(
    `SELECT * FROM (
       SELECT b.*, max(sys_to = ${forever}) OVER (PARTITION BY version) AS is_open, row_number() OVER (
         PARTITION BY version ORDER BY ${isGone} DESC, sys_to DESC, sys_from DESC, valid_from DESC) AS place
       FROM (${table.sql.all}) AS b
     ) WHERE (sys_to = ${forever} OR (is_open = 0 AND place = 1 AND ${isGone})) AND (valid_from, version) > (?, ?)
     ORDER BY valid_from, version LIMIT ?`,
    ...key,
    ...key,
    options.after?.validFromMs ?? -1,
    options.after?.version ?? -1,
    limitOf(options),
  );
}

function keyOf(table: BeliefTable, thing: Thing): readonly SqlValue[] {
  return table.thing.map((column) => thing[column] ?? null);
}

function limitOf({ limit = maxVersions }: VersionOptions): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxVersions) return limit;
  throw refused("limit", limit, `a whole number from 1 to ${maxVersions}`);
}
