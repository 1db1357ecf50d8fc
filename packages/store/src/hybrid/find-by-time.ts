import type { Reader } from "../reader.ts";
import { heldColumns, heldCondition } from "./held-rows.ts";
import type { HeldFilter, HeldRow, HeldSource } from "./held-rows.ts";
import type { NamedTime } from "./time-expression.ts";

const dayMs = 86_400_000;

/** What is told of a time is often told days later. */
const graceMs = 14 * dayMs;

/** A time of the question that memory knows of. */
export interface KnownTime {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Takes the first reading of a named time in which, or within two weeks after it, something was told. [S76] */
export function knownTime(
  reader: Reader,
  sources: readonly HeldSource[],
  filter: HeldFilter,
  time: NamedTime | undefined,
): KnownTime | undefined {
  if (time === undefined) return undefined;
  const { workspaceId } = filter;
  const found = time.intervals.find(([fromMs, toMs]) =>
    sources.some(({ table }) =>
      reader.get(
        `SELECT 1 FROM ${table} WHERE workspace_id = ? AND valid_from >= ? AND valid_from < ? LIMIT 1`,
        workspaceId,
        fromMs,
        toMs + graceMs,
      ),
    ),
  );
  return found === undefined ? undefined : { label: time.label, fromMs: found[0], toMs: found[1] };
}

/** Returns the latest memories told in that time, at most `limit`. */
export function findByTime(
  reader: Reader,
  sources: readonly HeldSource[],
  filter: HeldFilter,
  time: KnownTime,
  limit: number,
): readonly HeldRow[] {
  const { sql, parameters } = heldCondition(filter);
  return sources.flatMap((source) =>
    reader.all<HeldRow>(
      `SELECT ${heldColumns(source)} FROM ${source.table} AS r WHERE ${sql} AND r.valid_from >= ? AND r.valid_from < ?
       ORDER BY r.valid_from DESC LIMIT ?`,
      ...parameters,
      time.fromMs,
      time.toMs,
      limit,
    ),
  );
}

/** Says how near a moment is to the time: 1 inside, falling to 0 two weeks after it, 0 elsewhere. */
export function closeness(time: KnownTime, atMs: number): number {
  if (atMs >= time.fromMs && atMs < time.toMs) return 1;
  if (atMs < time.toMs || atMs >= time.toMs + graceMs) return 0;
  return 0.8 * (1 - (atMs - time.toMs) / graceMs);
}
