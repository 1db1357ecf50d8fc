import { forever } from "./forever.ts";
import { rowIdsPerWorkspace } from "./workspace-row-ids.ts";

/** What a table of beliefs is: current rows in `name`, all other beliefs in `{name}_history`. [S30] */
export interface BeliefTableShape {
  readonly name: string;
  /** The columns that name a thing, the workspace first. */
  readonly thing: readonly string[];
  /** What a belief says: columns of both tables beside `thing` and the four times. `version` is one of them. */
  readonly columns: readonly string[];
  /** Columns of the current row that are no part of a belief; the history leaves them out. @default none */
  readonly fixed?: readonly string[];
  /** The order of lists, both descending; the second column is unique in a workspace. */
  readonly newest: readonly [string, string];
  /** A column that is NULL in a history row whose values were forgotten; such a belief is read as nothing. */
  readonly erased?: string;
  /** True when every row has a `seal` over what it says, so that `verify` notices a damaged one. [S101] */
  readonly isSealed?: boolean;
  /** True when the history is full-text indexed: ids of its rows then lie in the range of their workspace. */
  readonly isHistorySearched?: boolean;
}

/** A table of beliefs with its statements, each written once. Make one with `beliefTable`. */
export interface BeliefTable extends BeliefTableShape {
  readonly fixed: readonly string[];
  /** The columns of a history row in the order of `insertHistory`. */
  readonly kept: readonly string[];
  /** A whole belief read from the current table (as c) and from the history (as h). */
  readonly currentColumns: string;
  readonly historyColumns: string;
  /** The history as h, joined to what its rows leave out. */
  readonly historySource: string;
  readonly sql: Readonly<Record<BeliefStatement, string>>;
}

type BeliefStatement =
  | "current"
  | "openOverlapping"
  | "latestOpen"
  | "close"
  | "insertHistory"
  | "heldBySystem"
  | "heldByValid"
  | "all"
  | "lastVersion";

/** The four times, as columns. */
export const timeColumns = ["valid_from", "valid_to", "sys_from", "sys_to"] as const;

/** Makes a table of beliefs out of its shape. The names come from our own code, never from outside. */
export function beliefTable(shape: BeliefTableShape): BeliefTable {
  const { name, thing, columns } = shape;
  const fixed = shape.fixed ?? [];
  const kept = [...thing, ...columns, ...timeColumns, ...(shape.isSealed === true ? ["seal"] : [])];
  const isThing = (as: string): string => thing.map((column) => `${as}.${column} = ?`).join(" AND ");
  const currentColumns = [...kept, ...fixed].map((column) => `c.${column}`).join(", ");
  const historyColumns = [...kept.map((column) => `h.${column}`), ...fixed.map((column) => `c.${column}`)].join(", ");
  const join = thing.map((column) => `c.${column} = h.${column}`).join(" AND ");
  const historySource = `${name}_history AS h${fixed.length === 0 ? "" : ` JOIN ${name} AS c ON ${join}`}`;
  const isWhole = shape.erased === undefined ? "" : ` AND h.${shape.erased} IS NOT NULL`;
  const open = `${isThing("h")} AND h.sys_to = ${forever}`;
  const held = `SELECT ${historyColumns} FROM ${historySource} WHERE ${isThing("h")}
    AND h.valid_from <= ? AND h.valid_to > ? AND h.sys_from <= ? AND h.sys_to > ?${isWhole}`;
  const openColumns = `SELECT h.row_id AS history_row_id, ${historyColumns} FROM ${historySource}`;
  const places = kept.map(() => "?").join(", ");
  const firstId = `w.row_id * ${rowIdsPerWorkspace}`;
  return {
    ...shape,
    fixed,
    kept,
    currentColumns,
    historyColumns,
    historySource,
    sql: {
      current: `SELECT ${currentColumns} FROM ${name} AS c WHERE ${isThing("c")}`,
      openOverlapping: `${openColumns} WHERE ${open} AND h.valid_from < ? AND h.valid_to > ?`,
      latestOpen: `${openColumns} WHERE ${open} ORDER BY h.valid_from DESC LIMIT 1`,
      close: `UPDATE ${name}_history SET sys_to = ? WHERE row_id = ?`,
      insertHistory: shape.isHistorySearched
        ? `INSERT INTO ${name}_history (row_id, ${kept.join(", ")})
           SELECT 1 + coalesce((SELECT row_id FROM ${name}_history
             WHERE row_id BETWEEN ${firstId} AND ${firstId} + ${rowIdsPerWorkspace - 1} ORDER BY row_id DESC LIMIT 1), ${firstId}), ${places}
           FROM workspaces AS w WHERE w.id = ?`
        : `INSERT INTO ${name}_history (${kept.join(", ")}) VALUES (${places})`,
      // At most one row holds; the order only says from which end of an index it is found soonest.
      heldBySystem: `${held} ORDER BY h.sys_from DESC LIMIT 1`,
      heldByValid: `${held} ORDER BY h.valid_from DESC LIMIT 1`,
      all: `SELECT * FROM (
          SELECT ${currentColumns} FROM ${name} AS c WHERE ${isThing("c")} AND c.valid_from < c.valid_to
          UNION ALL SELECT ${historyColumns} FROM ${historySource} WHERE ${isThing("h")}
        ) ORDER BY sys_from, version, valid_from, sys_to`,
      lastVersion: `SELECT max(h.version) AS version FROM ${name}_history AS h WHERE ${isThing("h")}`,
    },
  };
}
