import { timeColumns } from "../belief-table.ts";
import type { BeliefTable } from "../belief-table.ts";
import { forever } from "../forever.ts";

/** Makes the triggers and indexes of the history of a table of beliefs. [S4] [S30]
 *
 * A history row never goes and never changes, but for one thing: an open one is closed once. `erasable` columns may
 * also be forgotten: set to the value that stands for nothing. */
export function historyRules(
  table: BeliefTable,
  erasable: readonly { readonly column: string; readonly nothing: string }[] = [],
): readonly string[] {
  const history = `${table.name}_history`;
  const key = table.thing.join(", ");
  const [at, id] = table.newest;
  const scope = table.thing[0] === at || table.thing[0] === id ? "" : `${table.thing[0]}, `;
  const fixed = ["row_id", ...table.thing, ...table.columns, ...timeColumns].filter(
    (column) => column !== "sys_to" && erasable.every((one) => one.column !== column),
  );
  return [
    `CREATE TRIGGER ${history}_stays BEFORE UPDATE OF ${fixed.join(", ")} ON ${history}
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
    `CREATE TRIGGER ${history}_closes_once BEFORE UPDATE OF sys_to ON ${history}
WHEN OLD.sys_to <> ${forever} OR NEW.sys_to = ${forever}
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END`,
    ...erasable.map(
      ({ column, nothing }) => `CREATE TRIGGER ${history}_${column}_stays BEFORE UPDATE OF ${column} ON ${history}
WHEN NEW.${column} IS NOT ${nothing}
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END`,
    ),
    `CREATE TRIGGER ${history}_is_kept BEFORE DELETE ON ${history}
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
    `CREATE INDEX ${history}_by_valid ON ${history} (${key}, valid_from)`,
    `CREATE INDEX ${history}_by_version ON ${history} (${key}, version)`,
    `CREATE INDEX ${history}_by_system ON ${history} (${key}, sys_from)`,
    // Lists as of a moment walk it from the newest on.
    `CREATE INDEX ${history}_newest ON ${history} (${scope}${at} DESC, ${id} DESC)`,
    // Beliefs that are held beside the current row; those that end later than now are few.
    `CREATE INDEX ${history}_open ON ${history} (${scope}valid_to) WHERE sys_to = ${forever}`,
  ];
}
