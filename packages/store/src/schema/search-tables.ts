/** A trigram index over key and words of a table: external content, kept in step by triggers. [S71]
 *
 * `detail=none` keeps no positions: the index is half as large, and single trigrams are all that is asked of it. */
function trigramIndex(table: string, key: string): readonly string[] {
  const index = `${table}_trigrams`;
  const columns = "key, value_text";
  const of = (row: "NEW" | "OLD"): string => `${row}.${key}, ${row}.key, ${row}.value_text`;
  const remove = `INSERT INTO ${index} (${index}, rowid, ${columns}) VALUES ('delete', ${of("OLD")});`;
  const insert = `INSERT INTO ${index} (rowid, ${columns}) VALUES (${of("NEW")});`;
  return [
    `CREATE VIRTUAL TABLE ${index} USING fts5 (
  ${columns},
  content='${table}', content_rowid='${key}', tokenize='trigram remove_diacritics 1', detail=none
)`,
    `INSERT INTO ${index} (${index}, rank) VALUES ('secure-delete', 1)`,
    `CREATE TRIGGER ${index}_insert AFTER INSERT ON ${table} BEGIN ${insert} END`,
    `CREATE TRIGGER ${index}_delete AFTER DELETE ON ${table} BEGIN ${remove} END`,
    `CREATE TRIGGER ${index}_update AFTER UPDATE OF ${columns} ON ${table} BEGIN ${remove} ${insert} END`,
    `INSERT INTO ${index} (${index}) VALUES ('rebuild')`,
  ];
}

/** Migration 004: what hybrid search walks. [S71] [S72]
 *
 * A vector belongs to what one version of a key says: beliefs that are cut or closed keep it. `signature` holds one bit
 * for each sign; `vector` the float32 values, NULL when the embedder makes them again faster than they are read. */
export const searchTables: readonly string[] = [
  ...trigramIndex("memory", "id"),
  ...trigramIndex("memory_history", "row_id"),
  `CREATE TABLE memory_vectors (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  embedder TEXT NOT NULL CHECK (length(embedder) BETWEEN 1 AND 128),
  key TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  signature BLOB NOT NULL CHECK (length(signature) BETWEEN 4 AND 1024),
  vector BLOB,
  UNIQUE (workspace_id, key, version, embedder)
) STRICT`,
  `CREATE INDEX memory_vectors_by_embedder ON memory_vectors (workspace_id, embedder, row_id)`,
  ...["memory", "memory_history"].flatMap((table) => [
    `CREATE INDEX ${table}_threads ON ${table} (workspace_id, thread_id, valid_from, id) WHERE thread_id IS NOT NULL`,
    `CREATE INDEX ${table}_speakers ON ${table} (workspace_id, speaker COLLATE NOCASE) WHERE speaker IS NOT NULL`,
    `CREATE INDEX ${table}_in_time ON ${table} (workspace_id, valid_from)`,
  ]),
];
