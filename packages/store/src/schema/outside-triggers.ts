import { timeColumns } from "../belief-table.ts";
import { forever } from "../forever.ts";
import type { WatchedTable } from "../watched-tables.ts";
import { rowIdsPerWorkspace } from "../workspace-row-ids.ts";

/** Where a change by another program is noted while its triggers run; empty before and after. [S94]
 *
 * Our own connections have a temporary trigger that ignores the note, and nothing that hangs on it happens. */
export const outsideTables: readonly string[] = [
  `CREATE TABLE outside_changes (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  table_name TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
  at INTEGER NOT NULL
) STRICT`,
  // julianday, because the programs that open this file may be older than unixepoch('subsec').
  `CREATE TRIGGER outside_changes_are_told AFTER INSERT ON outside_changes BEGIN
  UPDATE outside_changes SET at = (SELECT max(head_at, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
    FROM workspaces WHERE id = NEW.workspace_id) WHERE id = NEW.id;
  INSERT INTO events (workspace_id, seq, event_type, entity_type, entity_id, payload, origin, created_at)
    SELECT w.id, w.head_seq + 1, 'changed_outside', o.entity_type, o.entity_id,
      json_object('id', o.entity_id, 'operation', o.operation, 'table', o.table_name), 'system', o.at
    FROM outside_changes AS o JOIN workspaces AS w ON w.id = o.workspace_id;
END`,
];

/** Ignores the notes of a connection that is our own; made once on each writing connection. [S94] */
export const ownWriterTrigger = `CREATE TEMP TRIGGER IF NOT EXISTS own_writer BEFORE INSERT ON main.outside_changes
BEGIN SELECT RAISE(IGNORE); END`;

const isOutside = "EXISTS (SELECT 1 FROM outside_changes)";
const at = "(SELECT at FROM outside_changes)";
const end = "DELETE FROM outside_changes WHERE id = 1;";

/** Makes the triggers that tell and keep what another program changes in a table, by their names. [S94] [S95] */
export function outsideTriggers(watched: WatchedTable): Readonly<Record<string, string>> {
  const { table, rowId = "row_id" } = watched;
  const { name, thing } = table;
  const note = (row: "NEW" | "OLD", operation: string): string =>
    `INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, ${row}.${thing[0]}, '${name}', '${watched.entityType}', ${row}.${thing.at(-1)}, '${operation}', 0);`;
  const isSameThing = (row: "NEW" | "OLD"): string =>
    thing.map((column) => `${column} = ${row}.${column}`).join(" AND ");
  const follows = Object.entries({ updated_at: at, sys_from: at, ...watched.follows })
    .map(([column, value]) => `${column} = ${value}`)
    .join(",\n    ");
  // A change that says nothing of valid time holds from now on, if the belief holds now; else it is about all of it.
  const isCut = `OLD.valid_from < ${at} AND ${at} < OLD.valid_to`;
  const isTimeKept = "NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to";
  const keepClosed = keepOld(watched, ["OLD.valid_from", "OLD.valid_to", "OLD.sys_from", at], "1");
  const keepBefore = (when: string): string => keepOld(watched, ["OLD.valid_from", at, at, String(forever)], when);
  // Every column but the seal, which a trigger of its own takes away.
  const all = [...table.columns, ...timeColumns, ...table.fixed];
  const of = (watched.updatesOf ?? all).filter((column) => column !== rowId).join(", ");

  const bodies: Readonly<Record<string, string>> = {
    // A replaced row would go without any trigger: its words, its counts and its history would stay wrong.
    replace: `BEFORE INSERT ON ${name} WHEN EXISTS (SELECT 1 FROM ${name} WHERE ${isSameThing("NEW")})
BEGIN SELECT RAISE(ABORT, 'this row of ${name} is there already: change it with UPDATE'); END`,
    move: `BEFORE UPDATE OF ${[...thing, rowId].join(", ")} ON ${name}
WHEN NEW.${rowId} <> OLD.${rowId} OR ${thing.map((column) => `NEW.${column} <> OLD.${column}`).join(" OR ")}
BEGIN SELECT RAISE(ABORT, 'a row of ${name} keeps its workspace, its id and its number'); END`,
    ...(watched.isNumbered === true ? { number: numberInserted(watched) } : {}),
    insert: `AFTER INSERT ON ${name} WHEN NOT ${isOutside} BEGIN
  ${note("NEW", "insert")}
  UPDATE ${name} SET ${follows}
    WHERE ${rowId} = NEW.${rowId} AND ${isOutside};
  ${end}
END`,
    update: `AFTER UPDATE OF ${of} ON ${name} WHEN NOT ${isOutside} BEGIN
  ${note("OLD", "update")}
  ${keepClosed}
  ${keepBefore(`${isTimeKept} AND ${isCut}`)}
  UPDATE ${name} SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM ${name}_history WHERE ${isSameThing("OLD")}), 0)),
    valid_from = iif(${isTimeKept} AND ${isCut}, ${at}, NEW.valid_from),
    ${follows}
    WHERE ${rowId} = NEW.${rowId} AND ${isOutside};
  ${followWords(watched)}${end}
END`,
    delete: `AFTER DELETE ON ${name} WHEN NOT ${isOutside} BEGIN
  ${note("OLD", "delete")}
  ${keepClosed}
  ${keepBefore(isCut)}
  ${end}
END`,
  };
  return Object.fromEntries(
    Object.entries(bodies).map(([what, body]) => {
      const trigger = `outside_${name}_${what}`;
      return [trigger, `CREATE TRIGGER ${trigger} ${body}`];
    }),
  );
}

/** Lets indexed words follow, in a statement that meets no row when the other program set them: the index must hear of one
 * change after the other, and SQLite does not say which trigger of a change comes first. */
function followWords({ table, rowId = "row_id", words = {} }: WatchedTable): string {
  return Object.entries(words)
    .map(
      ([column, value]) => `UPDATE ${table.name} SET ${column} = ${value}
    WHERE ${rowId} = NEW.${rowId} AND NEW.${column} IS OLD.${column} AND ${isOutside};
  `,
    )
    .join("");
}

/** Writes what was believed before the change into the history, under other times. */
function keepOld({ table }: WatchedTable, times: readonly string[], when: string): string {
  const { name, thing, columns } = table;
  const kept = [...thing, ...columns];
  const names = [...kept, ...timeColumns].join(", ");
  const values = [...kept.map((column) => `OLD.${column}`), ...times].join(", ");
  if (table.isHistorySearched !== true) {
    return `INSERT INTO ${name}_history (${names}) SELECT ${values} WHERE ${isOutside} AND ${when};`;
  }
  const first = `w.row_id * ${rowIdsPerWorkspace}`;
  return `INSERT INTO ${name}_history (row_id, ${names})
    SELECT coalesce((SELECT max(row_id) FROM ${name}_history
      WHERE row_id BETWEEN ${first} AND ${first} + ${rowIdsPerWorkspace - 1}), ${first}) + 1, ${values}
    FROM workspaces AS w WHERE w.id = OLD.${thing[0]} AND ${isOutside} AND ${when};`;
}

/** Gives a row that another program inserts the number that its workspace has for it, and its words. [S26] [S95] */
function numberInserted({ table, rowId = "row_id", words = {} }: WatchedTable): string {
  const { name, thing, columns } = table;
  const own = [...thing, ...columns, ...timeColumns].filter((column) => column !== rowId);
  return `BEFORE INSERT ON ${name}
WHEN NEW.${rowId} / ${rowIdsPerWorkspace} IS NOT (SELECT row_id FROM workspaces WHERE id = NEW.${thing[0]}) BEGIN
  INSERT INTO ${name} (${[rowId, ...own].join(", ")})
    SELECT w.row_id * ${rowIdsPerWorkspace} + w.head_seq + 1, ${own.map((column) => words[column] ?? `NEW.${column}`).join(", ")}
    FROM workspaces AS w WHERE w.id = NEW.${thing[0]};
  SELECT RAISE(IGNORE);
END`;
}
