import { forever } from "../forever.ts";
import { rowIdsPerWorkspace } from "../workspace-row-ids.ts";

/** A table whose changes by other programs are noticed. [S94] */
export interface WatchedTable {
  readonly name: string;
  /** What an event calls one of its rows. */
  readonly entityType: string;
  /** The columns that name a thing: the workspace, then its id; of `workspaces` the id alone. */
  readonly thing: readonly string[];
  /** What its history keeps, beside `thing` and the four times. */
  readonly columns: readonly string[];
  /** The rowid's name. */
  readonly rowId: string;
  /** True when rowids lie in the range of the workspace. [S26] */
  readonly isNumbered?: boolean;
  /** True when those of the history do. */
  readonly isHistoryNumbered?: boolean;
  /** The columns whose change counts, when others belong to the log. */
  readonly updatesOf?: readonly string[];
  /** More that follows a change by another program: column and its new value, as SQL over NEW. */
  readonly follows?: Readonly<Record<string, string>>;
}

/** Where a change by another program is noted while its triggers run; empty before and after. [S94]
 *
 * Our own connections have a temporary trigger that refuses the note, so that all that hangs on it does not happen. */
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

/** Refuses the note of a change on a connection that is our own; made once per writing connection. [S94] */
export const ownWriterTrigger: string = `CREATE TEMP TRIGGER IF NOT EXISTS own_writer BEFORE INSERT ON main.outside_changes
BEGIN SELECT RAISE(IGNORE); END`;

/** Makes the triggers that tell and keep what another program changes in a table, by name. [S94] [S95] */
export function outsideTriggers(table: WatchedTable): Readonly<Record<string, string>> {
  const { name, thing, rowId } = table;
  const id = thing.at(-1) ?? "id";
  const note = (row: "NEW" | "OLD", operation: string): string =>
    `INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, ${row}.${thing[0]}, '${name}', '${table.entityType}', ${row}.${id}, '${operation}', 0);`;
  const end = "DELETE FROM outside_changes WHERE id = 1;";
  const isOutside = "EXISTS (SELECT 1 FROM outside_changes)";
  const follows = Object.entries(table.follows ?? {}).map(([column, value]) => `, ${column} = ${value}`);
  const setTold = `updated_at = (SELECT at FROM outside_changes), sys_from = (SELECT at FROM outside_changes)${follows.join("")}`;
  const isTimeKept = "NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to";
  const sameThing = (row: "NEW" | "OLD"): string => thing.map((column) => `${column} = ${row}.${column}`).join(" AND ");

  return {
    // A replaced row would go without any trigger: its words, its counts and its history would stay wrong.
    [`outside_${name}_replace`]: `CREATE TRIGGER outside_${name}_replace BEFORE INSERT ON ${name}
WHEN EXISTS (SELECT 1 FROM ${name} WHERE ${sameThing("NEW")})
BEGIN SELECT RAISE(ABORT, 'this row of ${name} is there: change it with UPDATE'); END`,
    [`outside_${name}_move`]: `CREATE TRIGGER outside_${name}_move BEFORE UPDATE OF ${[...thing, rowId].join(", ")} ON ${name}
BEGIN SELECT RAISE(ABORT, 'a row of ${name} keeps its workspace, id and number'); END`,
    ...(table.isNumbered === true ? { [`outside_${name}_number`]: numberTrigger(table) } : {}),
    [`outside_${name}_insert`]: `CREATE TRIGGER outside_${name}_insert AFTER INSERT ON ${name}
WHEN NOT ${isOutside} BEGIN
  ${note("NEW", "insert")}
  UPDATE ${name} SET ${setTold} WHERE ${rowId} = NEW.${rowId} AND ${isOutside};
  ${end}
END`,
    [`outside_${name}_update`]: `CREATE TRIGGER outside_${name}_update AFTER UPDATE${table.updatesOf === undefined ? "" : ` OF ${table.updatesOf.join(", ")}`} ON ${name}
WHEN NOT ${isOutside} BEGIN
  ${note("OLD", "update")}
  ${keepOld(table, "o.at", "OLD.valid_to", "OLD.sys_from", "1")}
  ${keepOld(table, String(forever), "o.at", "o.at", `OLD.valid_from < o.at AND o.at < OLD.valid_to AND ${isTimeKept}`)}
  UPDATE ${name} SET version = max(OLD.version, coalesce((SELECT max(version) FROM ${name}_history
      WHERE ${sameThing("OLD")}), 0)) + 1,
    valid_from = iif(${isTimeKept} AND OLD.valid_from < o.at AND o.at < OLD.valid_to, o.at, NEW.valid_from), ${setTold}
    FROM outside_changes AS o WHERE ${name}.${rowId} = NEW.${rowId};
  ${end}
END`,
    [`outside_${name}_delete`]: `CREATE TRIGGER outside_${name}_delete AFTER DELETE ON ${name}
WHEN NOT ${isOutside} BEGIN
  ${note("OLD", "delete")}
  ${keepOld(table, "o.at", "OLD.valid_to", "OLD.sys_from", "1")}
  ${keepOld(table, String(forever), "o.at", "o.at", "OLD.valid_from < o.at AND o.at < OLD.valid_to")}
  ${end}
END`,
  };
}

/** Writes the old belief into the history, with the times that a change of its end gives it. */
function keepOld(table: WatchedTable, sysTo: string, validTo: string, sysFrom: string, when: string): string {
  const { name, thing } = table;
  const kept = [...thing, ...table.columns];
  const names = [...kept, "valid_from", "valid_to", "sys_from", "sys_to"];
  const values = [...kept.map((column) => `OLD.${column}`), "OLD.valid_from", validTo, sysFrom, sysTo];
  if (table.isHistoryNumbered === true) {
    names.unshift("row_id");
    values.unshift(`coalesce((SELECT max(row_id) FROM ${name}_history WHERE row_id BETWEEN w.row_id * ${rowIdsPerWorkspace}
      AND w.row_id * ${rowIdsPerWorkspace} + ${rowIdsPerWorkspace - 1}), w.row_id * ${rowIdsPerWorkspace}) + 1`);
  }
  const from = table.isHistoryNumbered === true ? " JOIN workspaces AS w ON w.id = o.workspace_id" : "";
  return `INSERT INTO ${name}_history (${names.join(", ")})
    SELECT ${values.join(", ")} FROM outside_changes AS o${from} WHERE ${when};`;
}

/** Gives a row that another program inserts the number that its workspace has for it: search walks these. [S26] */
function numberTrigger({ name, rowId, thing, columns }: WatchedTable): string {
  const own = [...thing, ...columns, "valid_from", "valid_to", "sys_from"].filter((column) => column !== rowId);
  return `CREATE TRIGGER outside_${name}_number BEFORE INSERT ON ${name}
WHEN NEW.${rowId} / ${rowIdsPerWorkspace} IS NOT (SELECT row_id FROM workspaces WHERE id = NEW.workspace_id) BEGIN
  INSERT INTO ${name} (${[rowId, ...own].join(", ")})
    SELECT w.row_id * ${rowIdsPerWorkspace} + w.head_seq + 1, ${own.map((column) => `NEW.${column}`).join(", ")}
    FROM workspaces AS w WHERE w.id = NEW.workspace_id;
  SELECT RAISE(IGNORE);
END`;
}
