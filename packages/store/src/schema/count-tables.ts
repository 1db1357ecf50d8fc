/** What is counted: rows that hold at some moment, by scope and state. */
interface Counted {
  readonly table: string;
  /** What the rows are called in `row_counts`. */
  readonly counted: string;
  /** The column that names the scope, when there is one; null counts as "". */
  readonly scope?: string;
  readonly state?: string;
}

/** All that `store.counts` knows of. [S99] */
export const countedTables: readonly Counted[] = [
  { table: "tasks", counted: "tasks", scope: "project_id", state: "status" },
  { table: "memory", counted: "memory", state: "memory_type" },
  { table: "projects", counted: "projects", state: "status" },
  { table: "workflows", counted: "runs", state: "status" },
];

/** The scan that the counts of a table must equal: workspace, scope, state and number of rows. [S99] */
export function countScan({ table, scope, state }: Counted): string {
  return `SELECT workspace_id, ${scope === undefined ? "''" : `coalesce(${scope}, '')`} AS scope,
    ${state ?? "''"} AS state, count(*) AS rows FROM ${table} WHERE valid_from < valid_to GROUP BY 1, 2, 3`;
}

/** The counts of the current rows, kept by triggers for every writer. [S99]
 *
 * No upsert: in a trigger, the INSERT OR REPLACE of another program would override what it does on a conflict. */
export const countTables: readonly string[] = [
  `CREATE TABLE row_counts (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  counted TEXT NOT NULL,
  scope TEXT NOT NULL,
  state TEXT NOT NULL,
  rows INTEGER NOT NULL CHECK (rows >= 0),
  PRIMARY KEY (workspace_id, counted, scope, state)
) STRICT, WITHOUT ROWID`,
  ...countedTables.flatMap((table) => [
    `INSERT INTO row_counts (workspace_id, counted, scope, state, rows)
  SELECT workspace_id, '${table.counted}', scope, state, rows FROM (${countScan(table)})`,
    ...countTriggers(table),
  ]),
];

function countTriggers({ table, counted, scope, state }: Counted): readonly string[] {
  const group = (row: "NEW" | "OLD"): string =>
    [
      `workspace_id = ${row}.workspace_id AND counted = '${counted}'`,
      `scope = ${scope === undefined ? "''" : `coalesce(${row}.${scope}, '')`}`,
      `state = ${state === undefined ? "''" : `${row}.${state}`}`,
    ].join(" AND ");
  const values = `NEW.workspace_id, '${counted}', ${scope === undefined ? "''" : `coalesce(NEW.${scope}, '')`}, ${
    state === undefined ? "''" : `NEW.${state}`
  }, 0`;
  const holds = (row: "NEW" | "OLD"): string => `${row}.valid_from < ${row}.valid_to`;
  const add = `INSERT INTO row_counts SELECT ${values}
    WHERE ${holds("NEW")} AND NOT EXISTS (SELECT 1 FROM row_counts WHERE ${group("NEW")});
  UPDATE row_counts SET rows = rows + 1 WHERE ${holds("NEW")} AND ${group("NEW")};`;
  const take = `UPDATE row_counts SET rows = rows - 1 WHERE ${holds("OLD")} AND ${group("OLD")};`;
  const columns = [scope, state].filter((column) => column !== undefined);
  const differs = [
    ...columns.map((column) => `NEW.${column} IS NOT OLD.${column}`),
    `(${holds("NEW")}) <> (${holds("OLD")})`,
  ].join(" OR ");
  return [
    `CREATE TRIGGER ${table}_counted_in AFTER INSERT ON ${table} BEGIN
  ${add}
END`,
    `CREATE TRIGGER ${table}_counted_out AFTER DELETE ON ${table} BEGIN
  ${take}
END`,
    `CREATE TRIGGER ${table}_counted_over AFTER UPDATE OF ${[...columns, "valid_from", "valid_to"].join(", ")} ON ${table}
WHEN ${differs} BEGIN
  ${take}
  ${add}
END`,
  ];
}
