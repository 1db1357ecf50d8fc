import type { SqlValue } from "@kingly/sqlite";
import { momentOf, readFrom } from "./as-of.ts";
import type { AsOf, ReadFrom, Sight } from "./as-of.ts";
import type { BeliefTable } from "./belief-table.ts";
import { readBelief } from "./beliefs.ts";
import type { BeliefTimes, Moment, Thing } from "./beliefs.ts";
import { forever } from "./forever.ts";
import { pageLimit, readCursor, toPage } from "./page.ts";
import type { Page, PageOptions, PageStart } from "./page.ts";
import type { Reader } from "./reader.ts";

/** Returns the belief about a thing that is held now, or was as of the moment that is asked for. [S34]
 *
 * The hot path is one cached statement: a current row that holds without end, from no later than it was told. */
export function heldOne<R extends BeliefTimes>(
  sight: Sight,
  table: BeliefTable,
  thing: Thing,
  from?: ReadFrom,
): R | undefined {
  const { reader, asOf } = readFrom(sight, from);
  if (asOf === undefined) {
    const row = reader.get<R>(table.sql.current, ...table.thing.map((column) => thing[column] ?? null));
    if (row === undefined || (row.valid_to === forever && row.valid_from <= row.sys_from)) return row;
  }
  const moment = momentOf(sight, reader, String(thing[table.thing[0] ?? ""]), asOf);
  return readBelief<R>(reader, table, thing, moment);
}

/** Returns one page of the beliefs that are held now, or were as of a moment; all pages of a list tell of one moment.
 *
 * Throws StoreError BAD_CURSOR, and INVALID_VALUE for a bad moment. [S13] [S35] */
export function heldPage<R extends BeliefTimes, T>(
  sight: Sight,
  table: BeliefTable,
  workspaceId: string,
  options: PageOptions & { readonly asOf?: AsOf | undefined },
  where: NonNullable<HeldList["where"]>,
  toItem: (row: R) => T,
): Page<T> {
  const { database } = sight;
  const limit = pageLimit(options.limit);
  const start = readCursor(options.cursor);
  const isNow = options.asOf === undefined;
  const moment = (isNow ? undefined : start?.moment) ?? momentOf(sight, database, workspaceId, options.asOf);
  const rows = heldMany<R>(database, table, { workspaceId, moment, isNow, where, start, limit: limit + 1 });
  const [at, id] = table.newest;
  return toPage(rows, limit, toItem, (row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return { atMs: Number(values.get(at)), id: String(values.get(id)), ...(isNow ? {} : { moment }) };
  });
}

/** Which beliefs a list holds: at most `limit` of one workspace, in the table's order, after `start`. */
export interface HeldList {
  /** Left out for workspaces themselves. */
  readonly workspaceId?: string;
  readonly moment: Moment;
  /** True when the moment is now: only open beliefs can hold, and those beside the current rows are few. */
  readonly isNow: boolean;
  readonly where?: readonly (readonly [column: string, value: SqlValue])[];
  readonly start?: PageStart | undefined;
  readonly limit: number;
}

/** Returns the beliefs held at a moment, newest first: the current rows that hold, merged with those of the history. [S35] */
export function heldMany<R>(reader: Reader, table: BeliefTable, list: HeldList): readonly R[] {
  const { moment, isNow, where = [], start, workspaceId } = list;
  const { validMs, systemMs } = moment;
  const [at, id] = table.newest;
  const arm = (as: "c" | "h", holds: readonly (readonly [string, readonly SqlValue[]])[]): [string, SqlValue[]] => {
    const terms: (readonly [string, readonly SqlValue[]])[] = [
      ...(workspaceId === undefined ? [] : [[`${as}.workspace_id = ?`, [workspaceId]] as const]),
      ...holds,
      ...where.map(([column, value]) =>
        value === null ? ([`${as}.${column} IS NULL`, []] as const) : ([`${as}.${column} = ?`, [value]] as const),
      ),
      ...(start === undefined ? [] : [[`(${as}.${at}, ${as}.${id}) < (?, ?)`, [start.atMs, start.id]] as const]),
    ];
    return [terms.map(([text]) => text).join(" AND "), terms.flatMap(([, values]) => values)];
  };
  const [current, currentValues] = arm("c", [
    ["c.valid_from <= ? AND c.valid_to > ?", [validMs, validMs]],
    ...(isNow ? [] : [["c.sys_from <= ?", [systemMs]] as const]),
  ]);
  const [history, historyValues] = arm("h", [
    isNow
      ? [`h.sys_to = ${forever} AND h.valid_to > ? AND h.valid_from <= ?`, [validMs, validMs]]
      : [
          // Nothing is listed under a time later than it was told: the walk can begin at the moment.
          `h.${at} <= ? AND h.valid_from <= ? AND h.valid_to > ? AND h.sys_from <= ? AND h.sys_to > ?`,
          [systemMs, validMs, validMs, systemMs, systemMs],
        ],
    ...(table.erased === undefined ? [] : [[`h.${table.erased} IS NOT NULL`, []] as const]),
  ]);
  return reader.all<R>(
    `SELECT ${table.currentColumns} FROM ${table.name} AS c WHERE ${current}
     UNION ALL SELECT ${table.historyColumns} FROM ${table.historySource} WHERE ${history}
     ORDER BY ${at} DESC, ${id} DESC LIMIT ?`,
    ...currentValues,
    ...historyValues,
    list.limit,
  );
}
