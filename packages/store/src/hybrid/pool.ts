import type { Reader } from "../reader.ts";
import { heldColumns, heldCondition } from "./held-rows.ts";
import type { HeldFilter, HeldRow, HeldSource } from "./held-rows.ts";

/** A memory that is looked at closely, with what was told before and after it in its thread. */
export interface PoolRow extends HeldRow {
  /** Keys of the neighbours; undefined at the ends of a thread and where nobody looked. */
  before: string | undefined;
  after: string | undefined;
}

/** The memories of one search that are looked at closely, each key once. */
export interface Pool {
  readonly rows: ReadonlyMap<string, PoolRow>;
  /** Takes rows in until the pool is full; those that are there stay. */
  add(rows: readonly HeldRow[]): void;
  /** Takes in up to `reach` neighbours of the row on both sides. */
  addNeighbours(key: string, reach: number): void;
}

/** Creates an empty pool for at most `maxRows` memories. */
export function createPool(reader: Reader, sources: readonly HeldSource[], filter: HeldFilter, maxRows: number): Pool {
  const rows = new Map<string, PoolRow>();
  const held = heldCondition(filter);
  const take = (row: HeldRow): PoolRow | undefined => {
    const present = rows.get(row.key);
    if (present !== undefined) return present;
    if (rows.size >= maxRows) return undefined;
    const taken: PoolRow = { ...row, before: undefined, after: undefined };
    rows.set(row.key, taken);
    return taken;
  };
  const walk = (from: HeldRow, threadId: string, direction: "before" | "after", reach: number): readonly HeldRow[] => {
    const [sign, order] = direction === "before" ? ["<", "DESC"] : [">", "ASC"];
    const found = sources.flatMap((source) =>
      reader.all<HeldRow>(
        `SELECT ${heldColumns(source)} FROM ${source.table} AS r
         WHERE ${held.sql} AND r.thread_id = ? AND (r.valid_from, r.id) ${sign} (?, ?)
         ORDER BY r.valid_from ${order}, r.id ${order} LIMIT ?`,
        ...held.parameters,
        threadId,
        from.validFromMs,
        from.order,
        reach,
      ),
    );
    if (sources.length === 1) return found;
    const turn = direction === "before" ? -1 : 1;
    return found.toSorted((a, b) => turn * (a.validFromMs - b.validFromMs || a.order - b.order)).slice(0, reach);
  };

  /** True when so many neighbours are linked already: hits stand close together. */
  const knows = (from: PoolRow, direction: "before" | "after", reach: number): boolean => {
    let key = from[direction];
    for (let step = 1; step < reach && key !== undefined; step += 1) key = rows.get(key)?.[direction];
    return key !== undefined;
  };

  return {
    rows,
    add: (found) => {
      for (const row of found) take(row);
    },
    addNeighbours(key, reach) {
      const row = rows.get(key);
      if (row === undefined || row.threadId === null) return;
      for (const direction of ["before", "after"] as const) {
        if (knows(row, direction, reach)) continue;
        const back = direction === "before" ? "after" : "before";
        let last: PoolRow = row;
        for (const next of walk(row, row.threadId, direction, reach)) {
          const taken = take(next);
          if (taken === undefined) break;
          last[direction] = taken.key;
          taken[back] = last.key;
          last = taken;
        }
      }
    },
  };
}
