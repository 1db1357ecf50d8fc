/** Makes the full-text index of a table: external content, kept in step by triggers. [S24]
 *
 * A change deletes the old words with their old values, then inserts the new ones: INSERT OR REPLACE would leave stale
 * words. Deleted words leave the index at once (`secure-delete`); `quickDeletes` changes that for current rows. */
export function searchIndex(table: string, key: string, columns: readonly string[]): readonly string[] {
  const names = columns.join(", ");
  const of = (row: "NEW" | "OLD"): string => [key, ...columns].map((column) => `${row}.${column}`).join(", ");
  const remove = `INSERT INTO ${table}_fts (${table}_fts, rowid, ${names}) VALUES ('delete', ${of("OLD")});`;
  const insert = `INSERT INTO ${table}_fts (rowid, ${names}) VALUES (${of("NEW")});`;
  return [
    `CREATE VIRTUAL TABLE ${table}_fts USING fts5 (
  ${names},
  content='${table}', content_rowid='${key}', tokenize='porter unicode61 remove_diacritics 2'
)`,
    `INSERT INTO ${table}_fts (${table}_fts, rank) VALUES ('secure-delete', 1)`,
    `CREATE TRIGGER ${table}_fts_insert AFTER INSERT ON ${table} BEGIN ${insert} END`,
    `CREATE TRIGGER ${table}_fts_delete AFTER DELETE ON ${table} BEGIN ${remove} END`,
    `CREATE TRIGGER ${table}_fts_update AFTER UPDATE OF ${names} ON ${table} BEGIN ${remove} ${insert} END`,
  ];
}
