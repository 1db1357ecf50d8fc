import type { SqlValue } from "@kingly/sqlite";
import type { BeliefTable } from "../belief-table.ts";
import type { Moment } from "../beliefs.ts";
import { forever } from "../forever.ts";

/** A statement that reads many beliefs as of a moment, and its parameters. */
export interface HeldBeliefs {
  readonly sql: string;
  readonly parameters: (values: readonly SqlValue[], moment: Moment) => readonly SqlValue[];
}

/** Makes the statement that reads the beliefs held at a moment which `found` names, at most one of each thing. [S55]
 *
 * `found` is a condition with `@` for the table and `?` for each of `values`; `list` says that the first value is a JSON
 * list, whose items are `f.value`. Current rows, open and closed beliefs each go through an index of their own. */
export function heldBeliefs(
  table: BeliefTable,
  found: string,
  options: { readonly list?: boolean; readonly columns?: readonly string[] } = {},
): HeldBeliefs {
  const columns = options.columns ?? [...table.thing, ...table.columns, "valid_from", "valid_to", "sys_from", "sys_to"];
  const list = options.list === true ? "json_each(?) AS f CROSS JOIN " : "";
  const arm = (source: string, held: string): string =>
    `SELECT ${columns.map((column) => `r.${column} AS ${column}`).join(", ")} FROM ${list}${source} AS r
     WHERE ${found.replaceAll("@", "r")} AND ${held}`;
  return {
    sql: [
      arm(table.name, "r.valid_to > ? AND r.valid_from <= ? AND r.sys_from <= ?"),
      arm(
        `${table.name}_history`,
        `r.sys_to = ${forever} AND r.valid_to > ? AND r.valid_from <= ? AND r.sys_from <= ?`,
      ),
      arm(
        `${table.name}_history`,
        `r.sys_to < ${forever} AND r.sys_to > ? AND r.valid_to > ? AND r.valid_from <= ? AND r.sys_from <= ?`,
      ),
    ].join("\nUNION ALL "),
    parameters(values, { validMs, systemMs }) {
      const held = [validMs, validMs, systemMs];
      return [...values, ...held, ...values, ...held, ...values, systemMs, ...held];
    },
  };
}
