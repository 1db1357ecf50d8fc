import type { Row, SqlValue, Unit } from "@kingly/sqlite";
import { timeColumns } from "./belief-table.ts";
import type { BeliefTable } from "./belief-table.ts";
import { forever } from "./forever.ts";
import { cutOut, overlaps } from "./interval.ts";
import type { Interval } from "./interval.ts";
import type { Reader } from "./reader.ts";
import { sealOf } from "./seal.ts";

/** Which thing: the values of the table's `thing` columns. */
export type Thing = Readonly<Record<string, SqlValue>>;

/** One moment on each axis, in ms. */
export interface Moment {
  readonly validMs: number;
  readonly systemMs: number;
}

/** The four times of a belief, as columns. */
export interface BeliefTimes {
  readonly valid_from: number;
  readonly valid_to: number;
  readonly sys_from: number;
  readonly sys_to: number;
}

type StoredBelief = Row & BeliefTimes;
type OpenBelief = StoredBelief & { readonly history_row_id: number };

/** Believes from `atMs` on that `columns` are so in the interval; what was believed of it before ends. [S30] [S31]
 *
 * `columns` says the whole belief (every column of the table; those of `fixed` too when the thing is new). `atMs` is
 * not earlier than any former change of the thing. Beliefs outside the interval stay as they were. */
export function assertBelief(
  unit: Unit,
  table: BeliefTable,
  thing: Thing,
  columns: Row,
  interval: Interval,
  atMs: number,
): void {
  changeBeliefs(unit, table, thing, { interval, atMs, columns });
}

/** Believes nothing of the thing in the interval any more, from `atMs` on. Returns false when nothing was. [S30] [S32] */
export function retractBelief(unit: Unit, table: BeliefTable, thing: Thing, interval: Interval, atMs: number): boolean {
  return changeBeliefs(unit, table, thing, { interval, atMs });
}

/** Says `patch` of every open belief within the interval, each keeping what else it says. [S31]
 *
 * All parts get one new version and `atMs` as their time of change; a part that says so already stays as it is. Where
 * nothing is believed nothing is said. Returns how many beliefs the interval meets, and how many of them changed. */
export function patchBeliefs(
  unit: Unit,
  table: BeliefTable,
  thing: Thing,
  patch: Row,
  interval: Interval,
  atMs: number,
): { readonly met: number; readonly changed: number } {
  const met = openBeliefs(unit, table, thing, interval);
  const differing = met.filter((row) => Object.entries(patch).some(([column, value]) => row[column] !== value));
  if (differing.length === 0) return { met: met.length, changed: 0 };
  const told = { ...patch, version: lastVersion(unit, table, thing) + 1, updated_at: atMs };
  for (const row of differing) {
    const part = {
      fromMs: Math.max(row.valid_from, interval.fromMs),
      toMs: Math.min(row.valid_to, interval.toMs),
    };
    assertBelief(unit, table, thing, { ...row, ...told }, part, atMs);
  }
  return { met: met.length, changed: differing.length };
}

/** Returns the open beliefs that overlap an interval: what is believed now of the thing then. */
export function openBeliefs<R extends BeliefTimes = StoredBelief>(
  reader: Reader,
  table: BeliefTable,
  thing: Thing,
  interval: Interval,
): readonly R[] {
  const key = keyOf(table, thing);
  const current = reader.get<R>(table.sql.current, ...key);
  if (current === undefined) return [];
  const earlier =
    interval.fromMs < current.valid_from
      ? reader.all<R>(table.sql.openOverlapping, ...key, interval.toMs, interval.fromMs)
      : [];
  return overlaps(validOf(current), interval) ? [...earlier, current] : earlier;
}

/** Returns what was believed at `systemMs` of the thing at `validMs`, or undefined when nothing was. [S30] */
export function readBelief<R>(reader: Reader, table: BeliefTable, thing: Thing, moment: Moment): R | undefined {
  const key = keyOf(table, thing);
  const { validMs, systemMs } = moment;
  const current = reader.get<StoredBelief>(table.sql.current, ...key);
  if (current === undefined && table.fixed.length > 0) return undefined;
  if (
    current !== undefined &&
    current.sys_from <= systemMs &&
    current.valid_from <= validMs &&
    validMs < current.valid_to
  ) {
    return current as R;
  }
  // Facts usually begin when they are told: the row is then the first of the index that is entered at the later moment.
  const sql = validMs >= systemMs ? table.sql.heldBySystem : table.sql.heldByValid;
  return reader.get<R>(sql, ...key, validMs, validMs, systemMs, systemMs);
}

/** Returns every belief that was ever held of the thing, by the time it was told; those of no duration too. [S30] */
export function beliefsOf<R>(reader: Reader, table: BeliefTable, thing: Thing): readonly R[] {
  const key = keyOf(table, thing);
  return reader.all<R>(table.sql.all, ...key, ...key);
}

/** Returns the version of the latest telling of the thing, 0 when there was none. `current` saves reading its row. */
export function lastVersion(
  reader: Reader,
  table: BeliefTable,
  thing: Thing,
  current?: { readonly version: number },
): number {
  const key = keyOf(table, thing);
  const row = current ?? reader.get<{ version: number }>(table.sql.current, ...key);
  const former = reader.get<{ version: number | null }>(table.sql.lastVersion, ...key);
  return Math.max(row?.version ?? 0, former?.version ?? 0);
}

function keyOf(table: BeliefTable, thing: Thing): readonly SqlValue[] {
  return table.thing.map((column) => thing[column] ?? null);
}

function changeBeliefs(
  unit: Unit,
  table: BeliefTable,
  thing: Thing,
  change: { readonly interval: Interval; readonly atMs: number; readonly columns?: Row },
): boolean {
  const { interval, atMs, columns } = change;
  const key = keyOf(table, thing);
  const current = unit.get<StoredBelief>(table.sql.current, ...key);
  const told = columns === undefined ? undefined : { ...thing, ...columns };
  if (current === undefined) {
    // Without a current row nothing is believed of the thing.
    if (told !== undefined) insertCurrent(unit, table, told, interval, atMs);
    return false;
  }
  const isHit = overlaps(validOf(current), interval);
  // The current row is the latest open belief: only an interval that begins before it can meet another one.
  const earlier =
    interval.fromMs < current.valid_from
      ? unit.all<OpenBelief>(table.sql.openOverlapping, ...key, interval.toMs, interval.fromMs)
      : [];
  for (const belief of earlier) {
    const { before, after } = cutOut(validOf(belief), interval);
    unit.run(table.sql.close, atMs, belief.history_row_id);
    for (const part of [before, after]) if (part !== undefined) keep(unit, table, belief, part, atMs);
  }

  if (isHit) {
    const { before, after } = cutOut(validOf(current), interval);
    keep(unit, table, current, validOf(current), current.sys_from, atMs);
    if (after !== undefined) {
      if (before !== undefined) keep(unit, table, current, before, atMs);
      if (told !== undefined) keep(unit, table, told, interval, atMs);
      setCurrent(unit, table, key, current, current, after, atMs);
    } else if (told !== undefined) {
      if (before !== undefined) keep(unit, table, current, before, atMs);
      setCurrent(unit, table, key, current, told, interval, atMs);
    } else if (before === undefined) {
      promoteLatest(unit, table, key, current, atMs);
    } else setCurrent(unit, table, key, current, current, before, atMs);
  } else if (told !== undefined) {
    const isEmpty = current.valid_from >= current.valid_to;
    if (!isEmpty && interval.fromMs < current.valid_from) keep(unit, table, told, interval, atMs);
    else {
      if (!isEmpty) keep(unit, table, current, validOf(current), current.sys_from);
      setCurrent(unit, table, key, current, told, interval, atMs);
    }
  }
  return isHit || earlier.length > 0;
}

/** The current row lost its whole interval: the latest open belief of the history takes its place, else it stays empty. */
function promoteLatest(
  unit: Unit,
  table: BeliefTable,
  key: readonly SqlValue[],
  current: StoredBelief,
  atMs: number,
): void {
  const latest = unit.get<OpenBelief>(table.sql.latestOpen, ...key);
  if (latest === undefined) {
    // An empty row holds at no moment; it keeps the thing's id for foreign keys and its version for counting.
    setCurrent(unit, table, key, current, current, { fromMs: current.valid_from, toMs: current.valid_from }, atMs);
    return;
  }
  unit.run(table.sql.close, atMs, latest.history_row_id);
  setCurrent(unit, table, key, current, latest, validOf(latest), atMs);
}

function insertCurrent(unit: Unit, table: BeliefTable, told: Row, interval: Interval, atMs: number): void {
  const given: Row = { ...told, ...timesOf(interval, atMs) };
  // What the teller leaves to the table's defaults can only be sealed once it stands there.
  const isWhole = table.columns.every((column) => given[column] !== undefined);
  const row = isWhole ? sealed(table, given) : given;
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  unit.run(`INSERT INTO ${table.name} (${columns.join(", ")}) VALUES (${places})`, ...Object.values(row));
  if (isWhole || table.isSealed !== true) return;
  const key = keyOf(table, told);
  const stored = unit.get(table.sql.current, ...key) ?? {};
  const isThing = table.thing.map((column) => `${column} = ?`).join(" AND ");
  unit.run(`UPDATE ${table.name} SET seal = ? WHERE ${isThing}`, sealOf(table, stored), ...key);
}

/** Changes the current row to say `belief`. Only columns that differ are named, so that no index is rewritten in vain. */
function setCurrent(
  unit: Unit,
  table: BeliefTable,
  key: readonly SqlValue[],
  current: StoredBelief,
  belief: Row,
  interval: Interval,
  atMs: number,
): void {
  const next = sealed(table, { ...belief, ...timesOf(interval, atMs) });
  const changed = [...table.columns, ...timeColumns, ...(table.isSealed === true ? ["seal"] : [])].filter(
    (column) => next[column] !== current[column],
  );
  const isThing = table.thing.map((column) => `${column} = ?`).join(" AND ");
  if (changed.length === 0) return;
  const values = changed.map((column) => next[column] ?? null);
  unit.run(
    `UPDATE ${table.name} SET ${changed.map((column) => `${column} = ?`).join(", ")} WHERE ${isThing}`,
    ...values,
    ...key,
  );
}

/** Writes a belief into the history, open unless `sysToMs` says otherwise. */
function keep(
  unit: Unit,
  table: BeliefTable,
  belief: Row,
  interval: Interval,
  sysFromMs: number,
  sysToMs: number = forever,
): void {
  const times = timesOf(interval, sysFromMs);
  // A belief that is only closed says what it said: its seal stays.
  const isSame = (["valid_from", "valid_to", "sys_from"] as const).every((column) => belief[column] === times[column]);
  const row: Row = { ...(isSame ? belief : sealed(table, { ...belief, ...times })), ...times, sys_to: sysToMs };
  const values = table.kept.map((column) => row[column] ?? null);
  if (table.isHistorySearched === true) values.push(row["workspace_id"] ?? null);
  unit.run(table.sql.insertHistory, ...values);
}

function sealed(table: BeliefTable, row: Row): Row {
  return table.isSealed === true ? { ...row, seal: sealOf(table, row) } : row;
}

function validOf(belief: BeliefTimes): Interval {
  return { fromMs: belief.valid_from, toMs: belief.valid_to };
}

function timesOf(interval: Interval, sysFromMs: number): Row & BeliefTimes {
  return { valid_from: interval.fromMs, valid_to: interval.toMs, sys_from: sysFromMs, sys_to: forever };
}
