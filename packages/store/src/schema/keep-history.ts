/** Makes the history of a table: append-only rows with both intervals, found by workspace, id and version. [S4] */
export function keepHistory(table: string, columns: string): readonly string[] {
  return [
    `CREATE TABLE ${table}_history (
  row_id INTEGER PRIMARY KEY,
  ${columns},
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
) STRICT`,
    `CREATE INDEX ${table}_history_by_id ON ${table}_history (workspace_id, id, version)`,
    `CREATE TRIGGER ${table}_history_stays BEFORE UPDATE ON ${table}_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
    `CREATE TRIGGER ${table}_history_is_kept BEFORE DELETE ON ${table}_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
  ];
}
