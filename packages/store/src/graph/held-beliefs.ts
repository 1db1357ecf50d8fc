import type { SqlValue } from "@kingly/sqlite";
import type { BeliefTable } from "../belief-table.ts";
import type { Moment } from "../beliefs.ts";
import { forever } from "../forever.ts";
import type { Reader } from "../reader.ts";

/** A statement that reads many beliefs as of a moment. */
export interface HeldBeliefs {
  /** Reads them; `tail` is what follows the statement (ORDER BY, LIMIT), with its values. */
  readonly read: <R>(
    view: HeldView,
    values: readonly SqlValue[],
    tail?: { readonly sql: string; readonly values: readonly SqlValue[] },
  ) => readonly R[];
}

/** Where and as of when to read; `isNow` says that no closed belief can hold. */
export interface HeldView {
  readonly reader: Reader;
  readonly workspaceId: string;
  readonly moment: Moment;
  readonly isNow: boolean;
}

/** Makes the statement that reads the beliefs held at a moment which `found` names, at most one of each thing. [S55]
 *
 * `found` is a condition with `@` for the table and `?` for each of the values; `list` says that the first value is a
 * JSON list, whose items are `f.value`. Current rows, open and closed beliefs each go through an index of their own;
 * now, when no belief beside the current rows ends later, the current rows are all. */
export function heldBeliefs(
  table: BeliefTable,
  found: string,
  options: { readonly list?: boolean; readonly columns?: readonly string[] } = {},
): HeldBeliefs {
  const columns = options.columns ?? [...table.kept];
  const list = options.list === true ? "json_each(?) AS f CROSS JOIN " : "";
  const arm = (source: string, held: string): string =>
    `SELECT ${columns.map((column) => `r.${column} AS ${column}`).join(", ")} FROM ${list}${source} AS r
     WHERE ${found.replaceAll("@", "r")} AND ${held}`;
  const current = arm(table.name, "r.valid_to > ? AND r.valid_from <= ? AND r.sys_from <= ?");
  const open = arm(
    `${table.name}_history`,
    `r.sys_to = ${forever} AND r.valid_to > ? AND r.valid_from <= ? AND r.sys_from <= ?`,
  );
  const closed = arm(
    `${table.name}_history`,
    `r.sys_to < ${forever} AND r.sys_to > ? AND r.valid_to > ? AND r.valid_from <= ? AND r.sys_from <= ?`,
  );
  const withOpen = `${current}\nUNION ALL ${open}`;
  const withClosed = `${withOpen}\nUNION ALL ${closed}`;
  const anyOpen = `SELECT 1 FROM ${table.name}_history WHERE workspace_id = ? AND sys_to = ${forever} AND valid_to > ? LIMIT 1`;

  return {
    read<R>(view: HeldView, values: readonly SqlValue[], tail = { sql: "", values: [] as readonly SqlValue[] }) {
      const { reader, moment } = view;
      const { validMs, systemMs } = moment;
      const held = [validMs, validMs, systemMs];
      if (!view.isNow) {
        const all = [...values, ...held, ...values, ...held, ...values, systemMs, ...held, ...tail.values];
        return reader.all<R>(`${withClosed} ${tail.sql}`, ...all);
      }
      if (reader.get(anyOpen, view.workspaceId, validMs) === undefined) {
        return reader.all<R>(`${current} ${tail.sql}`, ...values, ...held, ...tail.values);
      }
      return reader.all<R>(`${withOpen} ${tail.sql}`, ...values, ...held, ...values, ...held, ...tail.values);
    },
  };
}
