/** Workspaces, their event logs and the inbox of commands. Times are ms since 1970; intervals are half-open. [S1] [S6]
 *
 * `head_seq`, `head_at` and `low_seq` belong to the log and are not versions of the workspace. The triggers keep the log
 * gap-free and append-only for every writer. `payload_hash`, `chain_hash` and `head_hash` wait for the hash chain. */
export const logTables: readonly string[] = [
  `CREATE TABLE workspaces (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 64),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 256),
  description TEXT,
  path TEXT,
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_type(metadata) IS 'object'),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991),
  epoch TEXT NOT NULL CHECK (length(epoch) BETWEEN 1 AND 64),
  low_seq INTEGER NOT NULL DEFAULT 1 CHECK (low_seq BETWEEN 1 AND head_seq + 1),
  head_seq INTEGER NOT NULL DEFAULT 0 CHECK (head_seq >= 0),
  head_at INTEGER NOT NULL DEFAULT 0,
  head_hash BLOB
) STRICT`,
  `CREATE TABLE workspaces_history (
  row_id INTEGER PRIMARY KEY,
  id TEXT NOT NULL REFERENCES workspaces (id),
  name TEXT NOT NULL,
  description TEXT,
  path TEXT,
  metadata TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
) STRICT`,
  `CREATE INDEX workspaces_history_by_id ON workspaces_history (id, version)`,
  `CREATE TRIGGER workspaces_history_stays BEFORE UPDATE ON workspaces_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
  `CREATE TRIGGER workspaces_history_is_kept BEFORE DELETE ON workspaces_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,

  `CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  seq INTEGER NOT NULL CHECK (seq >= 1),
  event_type TEXT NOT NULL CHECK (length(event_type) BETWEEN 1 AND 64),
  entity_type TEXT NOT NULL CHECK (length(entity_type) BETWEEN 1 AND 64),
  entity_id TEXT NOT NULL CHECK (length(entity_id) BETWEEN 1 AND 256),
  payload TEXT NOT NULL CHECK (json_type(payload) IS 'object'),
  cid TEXT CHECK (length(cid) BETWEEN 1 AND 16 AND cid NOT GLOB '*[^A-Za-z0-9]*'),
  origin TEXT NOT NULL CHECK (origin IN ('user', 'reflex', 'model', 'workflow', 'system')),
  turn_id TEXT CHECK (length(turn_id) BETWEEN 1 AND 128),
  created_at INTEGER NOT NULL,
  processed_at INTEGER,
  payload_hash BLOB,
  chain_hash BLOB,
  UNIQUE (workspace_id, seq)
) STRICT`,
  `CREATE INDEX events_by_entity ON events (workspace_id, entity_type, entity_id, seq)`,
  `CREATE INDEX events_by_cid ON events (workspace_id, cid, seq) WHERE cid IS NOT NULL`,
  `CREATE INDEX events_utterances ON events (workspace_id, json_extract(payload, '$.at'), seq)
  WHERE event_type = 'utterance_recorded'`,
  `CREATE INDEX events_replies ON events (workspace_id, json_extract(payload, '$.utterance_id'), seq)
  WHERE event_type = 'reply'`,
  `CREATE TRIGGER events_follow_the_head BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM workspaces AS w WHERE w.id = NEW.workspace_id
  AND (NEW.seq <> w.head_seq + 1 OR NEW.created_at < w.head_at))
BEGIN SELECT RAISE(ABORT, 'an event takes the seq after the head and is not earlier than it'); END`,
  `CREATE TRIGGER events_move_the_head AFTER INSERT ON events
BEGIN UPDATE workspaces SET head_seq = NEW.seq, head_at = NEW.created_at WHERE id = NEW.workspace_id; END`,
  `CREATE TRIGGER events_stay BEFORE UPDATE OF id, workspace_id, seq, event_type, entity_type, entity_id, cid, origin,
  turn_id, created_at ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END`,
  // Only a remembered value can be forgotten; everything else that was said stays said.
  `CREATE TRIGGER events_payload_stays BEFORE UPDATE OF payload ON events WHEN OLD.event_type <> 'memory_stored'
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END`,
  `CREATE TRIGGER events_are_kept BEFORE DELETE ON events
WHEN OLD.seq >= (SELECT low_seq FROM workspaces WHERE id = OLD.workspace_id)
BEGIN SELECT RAISE(ABORT, 'events from low_seq on are kept'); END`,

  `CREATE TABLE commands (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  cid TEXT NOT NULL CHECK (length(cid) BETWEEN 1 AND 16 AND cid NOT GLOB '*[^A-Za-z0-9]*'),
  line TEXT NOT NULL CHECK (length(line) BETWEEN 1 AND 65536),
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, cid)
) STRICT, WITHOUT ROWID`,
];
