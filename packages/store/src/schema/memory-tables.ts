import { searchIndex } from "./search-index.ts";

/** Memory: the current version of each key, its history and its full-text index. [S20] [S22]
 *
 * `utterance_id` and `event_seq` say where a version came from. In the history a forgotten value is NULL. */
export const memoryTables: readonly string[] = [
  `CREATE TABLE memory (
  id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 256),
  value TEXT NOT NULL CHECK (json_valid(value)),
  value_text TEXT NOT NULL,
  category TEXT NOT NULL DEFAULT 'general' CHECK (length(category) BETWEEN 1 AND 64),
  memory_type TEXT NOT NULL DEFAULT 'semantic'
    CHECK (memory_type IN ('semantic', 'episodic', 'procedural', 'working')),
  significance REAL NOT NULL DEFAULT 0.5 CHECK (significance BETWEEN 0 AND 1),
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_type(metadata) IS 'object'),
  utterance_id TEXT,
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991),
  UNIQUE (workspace_id, key)
) STRICT`,
  `CREATE INDEX memory_newest ON memory (workspace_id, updated_at DESC, key DESC)`,
  `CREATE TABLE memory_history (
  row_id INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  key TEXT NOT NULL,
  value TEXT CHECK (json_valid(value)),
  category TEXT NOT NULL,
  memory_type TEXT NOT NULL,
  significance REAL NOT NULL,
  metadata TEXT NOT NULL,
  utterance_id TEXT,
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
) STRICT`,
  `CREATE INDEX memory_history_by_key ON memory_history (workspace_id, key, version)`,
  `CREATE TRIGGER memory_history_stays BEFORE UPDATE OF row_id, id, workspace_id, key, category, memory_type, significance,
  utterance_id, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON memory_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
  `CREATE TRIGGER memory_history_value_stays BEFORE UPDATE OF value ON memory_history WHEN NEW.value IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END`,
  `CREATE TRIGGER memory_history_is_kept BEFORE DELETE ON memory_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
  ...searchIndex("memory", "id", ["key", "value_text", "category"]),
];
