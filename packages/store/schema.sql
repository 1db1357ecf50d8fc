CREATE TABLE workspaces (
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
, processed_seq INTEGER NOT NULL DEFAULT 0 CHECK (processed_seq >= 0), seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TABLE workspaces_history (
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
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TABLE events (
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
  chain_hash BLOB, forgotten_hash BLOB CHECK (length(forgotten_hash) = 32),
  UNIQUE (workspace_id, seq)
) STRICT;

CREATE INDEX events_by_entity ON events (workspace_id, entity_type, entity_id, seq);

CREATE INDEX events_utterances ON events (workspace_id, json_extract(payload, '$.at'), seq)
  WHERE event_type = 'utterance_recorded';

CREATE INDEX events_replies ON events (workspace_id, json_extract(payload, '$.utterance_id'), seq)
  WHERE event_type = 'reply';

CREATE TRIGGER events_follow_the_head BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM workspaces AS w WHERE w.id = NEW.workspace_id
  AND (NEW.seq <> w.head_seq + 1 OR NEW.created_at < w.head_at))
BEGIN SELECT RAISE(ABORT, 'an event takes the seq after the head and is not earlier than it'); END;

CREATE TRIGGER events_stay BEFORE UPDATE OF id, workspace_id, seq, event_type, entity_type, entity_id, cid, origin,
  turn_id, created_at ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TRIGGER events_payload_stays BEFORE UPDATE OF payload ON events WHEN OLD.event_type <> 'memory_stored'
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TRIGGER events_are_kept BEFORE DELETE ON events
WHEN OLD.seq >= (SELECT low_seq FROM workspaces WHERE id = OLD.workspace_id)
BEGIN SELECT RAISE(ABORT, 'events from low_seq on are kept'); END;

CREATE TABLE commands (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  cid TEXT NOT NULL CHECK (length(cid) BETWEEN 1 AND 16 AND cid NOT GLOB '*[^A-Za-z0-9]*'),
  line TEXT NOT NULL CHECK (length(line) BETWEEN 1 AND 65536),
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, cid)
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 256),
  description TEXT,
  path TEXT,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_type(metadata) IS 'object'),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id)
) STRICT;

CREATE INDEX projects_newest ON projects (workspace_id, created_at DESC, id DESC);

CREATE TABLE projects_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  path TEXT,
  status TEXT NOT NULL,
  metadata TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TABLE tasks (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  project_id TEXT,
  parent_id TEXT,
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 1024),
  description TEXT,
  intent_type TEXT,
  intent_source TEXT,
  business_goal TEXT,
  context_adaptations TEXT,
  parent_context TEXT,
  status TEXT NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'ready', 'split', 'running', 'completed', 'failed', 'cancelled')),
  progress REAL NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  confidence REAL NOT NULL DEFAULT 0.5 CHECK (confidence BETWEEN 0 AND 1),
  complexity REAL NOT NULL DEFAULT 0.5 CHECK (complexity BETWEEN 0 AND 1),
  routing_decision TEXT,
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_type(metadata) IS 'object'),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id),
  FOREIGN KEY (workspace_id, parent_id) REFERENCES tasks (workspace_id, id),
  CHECK (parent_id IS NULL OR parent_id <> id)
) STRICT;

CREATE INDEX tasks_newest ON tasks (workspace_id, created_at DESC, id DESC);

CREATE INDEX tasks_by_status ON tasks (workspace_id, status, created_at DESC, id DESC);

CREATE INDEX tasks_by_parent ON tasks (workspace_id, parent_id, created_at DESC, id DESC)
  WHERE parent_id IS NOT NULL;

CREATE INDEX tasks_by_project ON tasks (workspace_id, project_id, created_at DESC, id DESC)
  WHERE project_id IS NOT NULL;

CREATE TABLE tasks_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  project_id TEXT,
  parent_id TEXT,
  title TEXT NOT NULL,
  description TEXT,
  intent_type TEXT,
  intent_source TEXT,
  business_goal TEXT,
  context_adaptations TEXT,
  parent_context TEXT,
  status TEXT NOT NULL,
  progress REAL NOT NULL,
  confidence REAL NOT NULL,
  complexity REAL NOT NULL,
  routing_decision TEXT,
  metadata TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE VIRTUAL TABLE tasks_fts USING fts5 (
  title, description, intent_type, business_goal,
  content='tasks', content_rowid='row_id', tokenize='porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER tasks_fts_insert AFTER INSERT ON tasks BEGIN INSERT INTO tasks_fts (rowid, title, description, intent_type, business_goal) VALUES (NEW.row_id, NEW.title, NEW.description, NEW.intent_type, NEW.business_goal); END;

CREATE TRIGGER tasks_fts_delete AFTER DELETE ON tasks BEGIN INSERT INTO tasks_fts (tasks_fts, rowid, title, description, intent_type, business_goal) VALUES ('delete', OLD.row_id, OLD.title, OLD.description, OLD.intent_type, OLD.business_goal); END;

CREATE TRIGGER tasks_fts_update AFTER UPDATE OF title, description, intent_type, business_goal ON tasks BEGIN INSERT INTO tasks_fts (tasks_fts, rowid, title, description, intent_type, business_goal) VALUES ('delete', OLD.row_id, OLD.title, OLD.description, OLD.intent_type, OLD.business_goal); INSERT INTO tasks_fts (rowid, title, description, intent_type, business_goal) VALUES (NEW.row_id, NEW.title, NEW.description, NEW.intent_type, NEW.business_goal); END;

CREATE TABLE workflows (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  workflow_id TEXT NOT NULL CHECK (length(workflow_id) BETWEEN 1 AND 128),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  steps TEXT NOT NULL DEFAULT 'null' CHECK (json_valid(steps)),
  context TEXT NOT NULL DEFAULT '{}' CHECK (json_type(context) IS 'object'),
  state TEXT NOT NULL DEFAULT 'null' CHECK (json_valid(state)),
  status TEXT NOT NULL DEFAULT 'queued' CHECK (length(status) BETWEEN 1 AND 64),
  progress REAL NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id)
) STRICT;

CREATE INDEX workflows_newest ON workflows (workspace_id, created_at DESC, id DESC);

CREATE INDEX workflows_by_status ON workflows (workspace_id, status, created_at DESC, id DESC);

CREATE TABLE workflows_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  context TEXT NOT NULL,
  state TEXT NOT NULL,
  status TEXT NOT NULL,
  progress REAL NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TABLE memory (
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
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), confidence REAL NOT NULL DEFAULT 1 CHECK (confidence BETWEEN 0 AND 1), speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256), thread_id TEXT CHECK (length(thread_id) BETWEEN 1 AND 128), supersedes TEXT CHECK (length(supersedes) BETWEEN 1 AND 256), superseded_by TEXT CHECK (length(superseded_by) BETWEEN 1 AND 256), semantic INTEGER NOT NULL DEFAULT 1 CHECK (semantic IN (0, 1)), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, key)
) STRICT;

CREATE INDEX memory_newest ON memory (workspace_id, updated_at DESC, key DESC);

CREATE TABLE memory_history (
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
, confidence REAL NOT NULL DEFAULT 1 CHECK (confidence BETWEEN 0 AND 1), speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256), thread_id TEXT CHECK (length(thread_id) BETWEEN 1 AND 128), supersedes TEXT CHECK (length(supersedes) BETWEEN 1 AND 256), superseded_by TEXT CHECK (length(superseded_by) BETWEEN 1 AND 256), semantic INTEGER NOT NULL DEFAULT 1 CHECK (semantic IN (0, 1)), value_text TEXT, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE VIRTUAL TABLE memory_fts USING fts5 (
  key, value_text, category,
  content='memory', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER memory_fts_insert AFTER INSERT ON memory BEGIN INSERT INTO memory_fts (rowid, key, value_text, category) VALUES (NEW.id, NEW.key, NEW.value_text, NEW.category); END;

CREATE TRIGGER memory_fts_delete AFTER DELETE ON memory BEGIN INSERT INTO memory_fts (memory_fts, rowid, key, value_text, category) VALUES ('delete', OLD.id, OLD.key, OLD.value_text, OLD.category); END;

CREATE TRIGGER memory_fts_update AFTER UPDATE OF key, value_text, category ON memory BEGIN INSERT INTO memory_fts (memory_fts, rowid, key, value_text, category) VALUES ('delete', OLD.id, OLD.key, OLD.value_text, OLD.category); INSERT INTO memory_fts (rowid, key, value_text, category) VALUES (NEW.id, NEW.key, NEW.value_text, NEW.category); END;

CREATE TABLE workspace_links (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  to_workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  note TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, to_workspace_id),
  CHECK (id = to_workspace_id AND workspace_id <> to_workspace_id)
) STRICT;

CREATE INDEX workspace_links_to ON workspace_links (to_workspace_id);

CREATE TABLE workspace_links_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  to_workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  note TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TRIGGER workspace_links_history_stays BEFORE UPDATE OF row_id, workspace_id, id, to_workspace_id, note, version, created_at, updated_at, valid_from, valid_to, sys_from ON workspace_links_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER workspace_links_history_closes_once BEFORE UPDATE OF sys_to ON workspace_links_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER workspace_links_history_is_kept BEFORE DELETE ON workspace_links_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX workspace_links_history_by_valid ON workspace_links_history (workspace_id, id, valid_from);

CREATE INDEX workspace_links_history_by_version ON workspace_links_history (workspace_id, id, version);

CREATE INDEX workspace_links_history_by_system ON workspace_links_history (workspace_id, id, sys_from);

CREATE INDEX workspace_links_history_newest ON workspace_links_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX workspace_links_history_open ON workspace_links_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE TABLE task_relationships (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 512),
  from_workspace_id TEXT NOT NULL,
  from_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('blocks', 'relates_to')),
  to_workspace_id TEXT NOT NULL,
  to_id TEXT NOT NULL,
  other_workspace_id TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, from_workspace_id, from_id, kind, to_workspace_id, to_id),
  FOREIGN KEY (from_workspace_id, from_id) REFERENCES tasks (workspace_id, id),
  FOREIGN KEY (to_workspace_id, to_id) REFERENCES tasks (workspace_id, id),
  FOREIGN KEY (other_workspace_id, workspace_id) REFERENCES workspace_links (workspace_id, to_workspace_id),
  CHECK (from_workspace_id <> to_workspace_id OR from_id <> to_id),
  CHECK (CASE
    WHEN from_workspace_id <> workspace_id THEN other_workspace_id IS from_workspace_id AND to_workspace_id = workspace_id
    WHEN to_workspace_id <> workspace_id THEN other_workspace_id IS to_workspace_id
    ELSE other_workspace_id IS NULL END)
) STRICT;

CREATE INDEX task_relationships_from ON task_relationships (from_workspace_id, from_id);

CREATE INDEX task_relationships_to ON task_relationships (to_workspace_id, to_id);

CREATE TABLE task_relationships_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  from_workspace_id TEXT NOT NULL,
  from_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  to_workspace_id TEXT NOT NULL,
  to_id TEXT NOT NULL,
  other_workspace_id TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE INDEX task_relationships_history_from
  ON task_relationships_history (from_workspace_id, from_id);

CREATE INDEX task_relationships_history_to
  ON task_relationships_history (to_workspace_id, to_id);

CREATE TRIGGER task_relationships_history_stays BEFORE UPDATE OF row_id, workspace_id, id, from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at, valid_from, valid_to, sys_from ON task_relationships_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER task_relationships_history_closes_once BEFORE UPDATE OF sys_to ON task_relationships_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER task_relationships_history_is_kept BEFORE DELETE ON task_relationships_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX task_relationships_history_by_valid ON task_relationships_history (workspace_id, id, valid_from);

CREATE INDEX task_relationships_history_by_version ON task_relationships_history (workspace_id, id, version);

CREATE INDEX task_relationships_history_by_system ON task_relationships_history (workspace_id, id, sys_from);

CREATE INDEX task_relationships_history_newest ON task_relationships_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX task_relationships_history_open ON task_relationships_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE TRIGGER task_relationships_insert_needs_a_link BEFORE INSERT ON task_relationships
WHEN NEW.other_workspace_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM workspace_links AS l WHERE l.workspace_id = NEW.other_workspace_id
    AND l.to_workspace_id = NEW.workspace_id AND l.valid_to = 9007199254740991)
BEGIN SELECT RAISE(ABORT, 'another workspace is named only under a link that it has granted'); END;

CREATE TRIGGER task_relationships_update_needs_a_link BEFORE UPDATE ON task_relationships
WHEN NEW.other_workspace_id IS NOT NULL AND NEW.valid_to > OLD.valid_to
  AND NOT EXISTS (SELECT 1 FROM workspace_links AS l WHERE l.workspace_id = NEW.other_workspace_id
    AND l.to_workspace_id = NEW.workspace_id AND l.valid_to = 9007199254740991)
BEGIN SELECT RAISE(ABORT, 'another workspace is named only under a link that it has granted'); END;

CREATE TRIGGER workspaces_history_stays BEFORE UPDATE OF row_id, id, name, description, path, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from ON workspaces_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER workspaces_history_closes_once BEFORE UPDATE OF sys_to ON workspaces_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER workspaces_history_is_kept BEFORE DELETE ON workspaces_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX workspaces_history_by_valid ON workspaces_history (id, valid_from);

CREATE INDEX workspaces_history_by_version ON workspaces_history (id, version);

CREATE INDEX workspaces_history_by_system ON workspaces_history (id, sys_from);

CREATE INDEX workspaces_history_newest ON workspaces_history (created_at DESC, id DESC);

CREATE INDEX workspaces_history_open ON workspaces_history (valid_to) WHERE sys_to = 9007199254740991;

CREATE TRIGGER projects_history_stays BEFORE UPDATE OF row_id, workspace_id, id, name, description, path, status, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from ON projects_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER projects_history_closes_once BEFORE UPDATE OF sys_to ON projects_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER projects_history_is_kept BEFORE DELETE ON projects_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX projects_history_by_valid ON projects_history (workspace_id, id, valid_from);

CREATE INDEX projects_history_by_version ON projects_history (workspace_id, id, version);

CREATE INDEX projects_history_by_system ON projects_history (workspace_id, id, sys_from);

CREATE INDEX projects_history_newest ON projects_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX projects_history_open ON projects_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE TRIGGER tasks_history_stays BEFORE UPDATE OF row_id, workspace_id, id, project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from ON tasks_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER tasks_history_closes_once BEFORE UPDATE OF sys_to ON tasks_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER tasks_history_is_kept BEFORE DELETE ON tasks_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX tasks_history_by_valid ON tasks_history (workspace_id, id, valid_from);

CREATE INDEX tasks_history_by_version ON tasks_history (workspace_id, id, version);

CREATE INDEX tasks_history_by_system ON tasks_history (workspace_id, id, sys_from);

CREATE INDEX tasks_history_newest ON tasks_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX tasks_history_open ON tasks_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE TRIGGER workflows_history_stays BEFORE UPDATE OF row_id, workspace_id, id, context, state, status, progress, version, created_at, updated_at, valid_from, valid_to, sys_from ON workflows_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER workflows_history_closes_once BEFORE UPDATE OF sys_to ON workflows_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER workflows_history_is_kept BEFORE DELETE ON workflows_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX workflows_history_by_valid ON workflows_history (workspace_id, id, valid_from);

CREATE INDEX workflows_history_by_version ON workflows_history (workspace_id, id, version);

CREATE INDEX workflows_history_by_system ON workflows_history (workspace_id, id, sys_from);

CREATE INDEX workflows_history_newest ON workflows_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX workflows_history_open ON workflows_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE TRIGGER memory_history_stays BEFORE UPDATE OF row_id, workspace_id, key, id, category, memory_type, significance, confidence, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from ON memory_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER memory_history_closes_once BEFORE UPDATE OF sys_to ON memory_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER memory_history_value_stays BEFORE UPDATE OF value ON memory_history
WHEN NEW.value IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER memory_history_value_text_stays BEFORE UPDATE OF value_text ON memory_history
WHEN NEW.value_text IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER memory_history_metadata_stays BEFORE UPDATE OF metadata ON memory_history
WHEN NEW.metadata IS NOT '{}'
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER memory_history_is_kept BEFORE DELETE ON memory_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX memory_history_by_valid ON memory_history (workspace_id, key, valid_from);

CREATE INDEX memory_history_by_version ON memory_history (workspace_id, key, version);

CREATE INDEX memory_history_by_system ON memory_history (workspace_id, key, sys_from);

CREATE INDEX memory_history_newest ON memory_history (workspace_id, updated_at DESC, key DESC);

CREATE INDEX memory_history_open ON memory_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX memory_superseded ON memory (workspace_id, superseded_by) WHERE superseded_by IS NOT NULL;

CREATE INDEX memory_working ON memory (workspace_id, valid_to) WHERE memory_type = 'working';

CREATE VIRTUAL TABLE memory_history_fts USING fts5 (
  key, value_text, category,
  content='memory_history', content_rowid='row_id', tokenize='porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER memory_history_fts_insert AFTER INSERT ON memory_history BEGIN INSERT INTO memory_history_fts (rowid, key, value_text, category) VALUES (NEW.row_id, NEW.key, NEW.value_text, NEW.category); END;

CREATE TRIGGER memory_history_fts_delete AFTER DELETE ON memory_history BEGIN INSERT INTO memory_history_fts (memory_history_fts, rowid, key, value_text, category) VALUES ('delete', OLD.row_id, OLD.key, OLD.value_text, OLD.category); END;

CREATE TRIGGER memory_history_fts_update AFTER UPDATE OF key, value_text, category ON memory_history BEGIN INSERT INTO memory_history_fts (memory_history_fts, rowid, key, value_text, category) VALUES ('delete', OLD.row_id, OLD.key, OLD.value_text, OLD.category); INSERT INTO memory_history_fts (rowid, key, value_text, category) VALUES (NEW.row_id, NEW.key, NEW.value_text, NEW.category); END;

CREATE VIRTUAL TABLE tasks_history_fts USING fts5 (
  title, description, intent_type, business_goal,
  content='tasks_history', content_rowid='row_id', tokenize='porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER tasks_history_fts_insert AFTER INSERT ON tasks_history BEGIN INSERT INTO tasks_history_fts (rowid, title, description, intent_type, business_goal) VALUES (NEW.row_id, NEW.title, NEW.description, NEW.intent_type, NEW.business_goal); END;

CREATE TRIGGER tasks_history_fts_delete AFTER DELETE ON tasks_history BEGIN INSERT INTO tasks_history_fts (tasks_history_fts, rowid, title, description, intent_type, business_goal) VALUES ('delete', OLD.row_id, OLD.title, OLD.description, OLD.intent_type, OLD.business_goal); END;

CREATE TRIGGER tasks_history_fts_update AFTER UPDATE OF title, description, intent_type, business_goal ON tasks_history BEGIN INSERT INTO tasks_history_fts (tasks_history_fts, rowid, title, description, intent_type, business_goal) VALUES ('delete', OLD.row_id, OLD.title, OLD.description, OLD.intent_type, OLD.business_goal); INSERT INTO tasks_history_fts (rowid, title, description, intent_type, business_goal) VALUES (NEW.row_id, NEW.title, NEW.description, NEW.intent_type, NEW.business_goal); END;

CREATE TABLE entities (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
  name_key TEXT NOT NULL CHECK (length(name_key) >= 1),
  entity_type TEXT NOT NULL CHECK (length(entity_type) BETWEEN 1 AND 128),
  type_key TEXT NOT NULL CHECK (length(type_key) >= 1),
  summary TEXT,
  metadata TEXT NOT NULL CHECK (json_type(metadata) IS 'object'),
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  significance REAL NOT NULL CHECK (significance BETWEEN 0 AND 1),
  utterance_id TEXT CHECK (length(utterance_id) BETWEEN 1 AND 128),
  speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256),
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id)
) STRICT;

CREATE INDEX entities_by_name ON entities (workspace_id, name_key, type_key);

CREATE INDEX entities_newest ON entities (workspace_id, created_at DESC, id DESC);

CREATE TABLE entities_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  name TEXT,
  name_key TEXT,
  entity_type TEXT NOT NULL,
  type_key TEXT NOT NULL,
  summary TEXT,
  metadata TEXT,
  confidence REAL NOT NULL,
  significance REAL NOT NULL,
  utterance_id TEXT CHECK (length(utterance_id) BETWEEN 1 AND 128),
  speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256),
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TRIGGER entities_history_stays BEFORE UPDATE OF row_id, workspace_id, id, entity_type, type_key, confidence, significance, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from ON entities_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER entities_history_closes_once BEFORE UPDATE OF sys_to ON entities_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER entities_history_name_stays BEFORE UPDATE OF name ON entities_history
WHEN NEW.name IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER entities_history_name_key_stays BEFORE UPDATE OF name_key ON entities_history
WHEN NEW.name_key IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER entities_history_summary_stays BEFORE UPDATE OF summary ON entities_history
WHEN NEW.summary IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER entities_history_metadata_stays BEFORE UPDATE OF metadata ON entities_history
WHEN NEW.metadata IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER entities_history_utterance_id_stays BEFORE UPDATE OF utterance_id ON entities_history
WHEN NEW.utterance_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER entities_history_speaker_stays BEFORE UPDATE OF speaker ON entities_history
WHEN NEW.speaker IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER entities_history_is_kept BEFORE DELETE ON entities_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX entities_history_by_valid ON entities_history (workspace_id, id, valid_from);

CREATE INDEX entities_history_by_version ON entities_history (workspace_id, id, version);

CREATE INDEX entities_history_by_system ON entities_history (workspace_id, id, sys_from);

CREATE INDEX entities_history_newest ON entities_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX entities_history_open ON entities_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX entities_history_open_name_key ON entities_history (workspace_id, name_key, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX entities_history_closed_name_key ON entities_history (workspace_id, name_key, sys_to) WHERE sys_to < 9007199254740991;

CREATE TABLE observations (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  entity_id TEXT NOT NULL,
  text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 65536),
  text_key TEXT NOT NULL,
  utterance_id TEXT CHECK (length(utterance_id) BETWEEN 1 AND 128),
  speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256),
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, entity_id, text_key)
) STRICT;

CREATE TABLE observations_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  entity_id TEXT,
  text TEXT,
  text_key TEXT,
  utterance_id TEXT CHECK (length(utterance_id) BETWEEN 1 AND 128),
  speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256),
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TRIGGER observations_history_stays BEFORE UPDATE OF row_id, workspace_id, id, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from ON observations_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER observations_history_closes_once BEFORE UPDATE OF sys_to ON observations_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER observations_history_entity_id_stays BEFORE UPDATE OF entity_id ON observations_history
WHEN NEW.entity_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER observations_history_text_stays BEFORE UPDATE OF text ON observations_history
WHEN NEW.text IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER observations_history_text_key_stays BEFORE UPDATE OF text_key ON observations_history
WHEN NEW.text_key IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER observations_history_utterance_id_stays BEFORE UPDATE OF utterance_id ON observations_history
WHEN NEW.utterance_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER observations_history_speaker_stays BEFORE UPDATE OF speaker ON observations_history
WHEN NEW.speaker IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER observations_history_is_kept BEFORE DELETE ON observations_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX observations_history_by_valid ON observations_history (workspace_id, id, valid_from);

CREATE INDEX observations_history_by_version ON observations_history (workspace_id, id, version);

CREATE INDEX observations_history_by_system ON observations_history (workspace_id, id, sys_from);

CREATE INDEX observations_history_newest ON observations_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX observations_history_open ON observations_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX observations_history_open_entity_id ON observations_history (workspace_id, entity_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX observations_history_closed_entity_id ON observations_history (workspace_id, entity_id, sys_to) WHERE sys_to < 9007199254740991;

CREATE TABLE relations (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  from_id TEXT NOT NULL,
  relation_type TEXT NOT NULL CHECK (length(relation_type) BETWEEN 1 AND 128),
  type_key TEXT NOT NULL CHECK (length(type_key) >= 1),
  to_id TEXT NOT NULL,
  fact TEXT CHECK (length(fact) BETWEEN 1 AND 65536),
  fact_key TEXT NOT NULL,
  strength REAL NOT NULL CHECK (strength BETWEEN 0 AND 1),
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  metadata TEXT NOT NULL CHECK (json_type(metadata) IS 'object'),
  utterance_id TEXT CHECK (length(utterance_id) BETWEEN 1 AND 128),
  speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256),
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_to = 9007199254740991), seal BLOB CHECK (length(seal) = 8),
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, from_id, type_key, to_id, fact_key)
) STRICT;

CREATE INDEX relations_to ON relations (workspace_id, to_id, type_key);

CREATE INDEX relations_newest ON relations (workspace_id, created_at DESC, id DESC);

CREATE TABLE relations_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  from_id TEXT,
  relation_type TEXT,
  type_key TEXT,
  to_id TEXT,
  fact TEXT,
  fact_key TEXT,
  strength REAL NOT NULL,
  confidence REAL NOT NULL,
  metadata TEXT,
  utterance_id TEXT CHECK (length(utterance_id) BETWEEN 1 AND 128),
  speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256),
  event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)
, seal BLOB CHECK (length(seal) = 8)) STRICT;

CREATE TRIGGER relations_history_stays BEFORE UPDATE OF row_id, workspace_id, id, strength, confidence, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from ON relations_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER relations_history_closes_once BEFORE UPDATE OF sys_to ON relations_history
WHEN OLD.sys_to <> 9007199254740991 OR NEW.sys_to = 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TRIGGER relations_history_from_id_stays BEFORE UPDATE OF from_id ON relations_history
WHEN NEW.from_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_relation_type_stays BEFORE UPDATE OF relation_type ON relations_history
WHEN NEW.relation_type IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_type_key_stays BEFORE UPDATE OF type_key ON relations_history
WHEN NEW.type_key IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_to_id_stays BEFORE UPDATE OF to_id ON relations_history
WHEN NEW.to_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_fact_stays BEFORE UPDATE OF fact ON relations_history
WHEN NEW.fact IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_fact_key_stays BEFORE UPDATE OF fact_key ON relations_history
WHEN NEW.fact_key IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_metadata_stays BEFORE UPDATE OF metadata ON relations_history
WHEN NEW.metadata IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_utterance_id_stays BEFORE UPDATE OF utterance_id ON relations_history
WHEN NEW.utterance_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_speaker_stays BEFORE UPDATE OF speaker ON relations_history
WHEN NEW.speaker IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a value of the history can only be forgotten'); END;

CREATE TRIGGER relations_history_is_kept BEFORE DELETE ON relations_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE INDEX relations_history_by_valid ON relations_history (workspace_id, id, valid_from);

CREATE INDEX relations_history_by_version ON relations_history (workspace_id, id, version);

CREATE INDEX relations_history_by_system ON relations_history (workspace_id, id, sys_from);

CREATE INDEX relations_history_newest ON relations_history (workspace_id, created_at DESC, id DESC);

CREATE INDEX relations_history_open ON relations_history (workspace_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX relations_history_open_from_id ON relations_history (workspace_id, from_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX relations_history_closed_from_id ON relations_history (workspace_id, from_id, sys_to) WHERE sys_to < 9007199254740991;

CREATE INDEX relations_history_open_to_id ON relations_history (workspace_id, to_id, valid_to) WHERE sys_to = 9007199254740991;

CREATE INDEX relations_history_closed_to_id ON relations_history (workspace_id, to_id, sys_to) WHERE sys_to < 9007199254740991;

CREATE TABLE entity_aliases (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  alias_id TEXT NOT NULL,
  entity_id TEXT NOT NULL CHECK (entity_id <> alias_id),
  event_seq INTEGER NOT NULL,
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (sys_from <= sys_to)
) STRICT;

CREATE UNIQUE INDEX entity_aliases_open ON entity_aliases (workspace_id, alias_id) WHERE sys_to = 9007199254740991;

CREATE INDEX entity_aliases_of ON entity_aliases (workspace_id, alias_id, sys_from);

CREATE INDEX entity_aliases_to ON entity_aliases (workspace_id, entity_id, sys_from);

CREATE TRIGGER entity_aliases_stay BEFORE UPDATE OF row_id, workspace_id, alias_id, entity_id, event_seq, sys_from
  ON entity_aliases
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER entity_aliases_close_once BEFORE UPDATE OF sys_to ON entity_aliases WHEN OLD.sys_to <> 9007199254740991
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END;

CREATE TABLE entity_bands (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  band INTEGER NOT NULL CHECK (band BETWEEN 0 AND 8),
  hash INTEGER NOT NULL,
  entity_id TEXT NOT NULL,
  PRIMARY KEY (workspace_id, band, hash, entity_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE graph_texts (
  id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  owner_id TEXT NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('name', 'summary', 'observation', 'fact')),
  text_key TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (workspace_id, owner_id, part, text_key)
) STRICT;

CREATE VIRTUAL TABLE graph_texts_fts USING fts5 (
  text,
  content='graph_texts', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER graph_texts_fts_insert AFTER INSERT ON graph_texts BEGIN INSERT INTO graph_texts_fts (rowid, text) VALUES (NEW.id, NEW.text); END;

CREATE TRIGGER graph_texts_fts_delete AFTER DELETE ON graph_texts BEGIN INSERT INTO graph_texts_fts (graph_texts_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text); END;

CREATE TRIGGER graph_texts_fts_update AFTER UPDATE OF text ON graph_texts BEGIN INSERT INTO graph_texts_fts (graph_texts_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text); INSERT INTO graph_texts_fts (rowid, text) VALUES (NEW.id, NEW.text); END;

CREATE VIEW graph_names AS SELECT id, text FROM graph_texts WHERE part = 'name';

CREATE VIRTUAL TABLE graph_names_fts USING fts5 (
  text,
  content='graph_names', content_rowid='id', tokenize='trigram remove_diacritics 1'
);

CREATE TRIGGER graph_names_fts_insert AFTER INSERT ON graph_texts WHEN NEW.part = 'name'
BEGIN INSERT INTO graph_names_fts (rowid, text) VALUES (NEW.id, NEW.text); END;

CREATE TRIGGER graph_names_fts_delete AFTER DELETE ON graph_texts WHEN OLD.part = 'name'
BEGIN INSERT INTO graph_names_fts (graph_names_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text); END;

CREATE VIRTUAL TABLE memory_trigrams USING fts5 (
  key, value_text,
  content='memory', content_rowid='id', tokenize='trigram remove_diacritics 1', detail=none
);

CREATE TABLE 'memory_trigrams_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'memory_trigrams_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'memory_trigrams_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'memory_trigrams_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER memory_trigrams_insert AFTER INSERT ON memory BEGIN INSERT INTO memory_trigrams (rowid, key, value_text) VALUES (NEW.id, NEW.key, NEW.value_text); END;

CREATE TRIGGER memory_trigrams_delete AFTER DELETE ON memory BEGIN INSERT INTO memory_trigrams (memory_trigrams, rowid, key, value_text) VALUES ('delete', OLD.id, OLD.key, OLD.value_text); END;

CREATE TRIGGER memory_trigrams_update AFTER UPDATE OF key, value_text ON memory BEGIN INSERT INTO memory_trigrams (memory_trigrams, rowid, key, value_text) VALUES ('delete', OLD.id, OLD.key, OLD.value_text); INSERT INTO memory_trigrams (rowid, key, value_text) VALUES (NEW.id, NEW.key, NEW.value_text); END;

CREATE VIRTUAL TABLE memory_history_trigrams USING fts5 (
  key, value_text,
  content='memory_history', content_rowid='row_id', tokenize='trigram remove_diacritics 1', detail=none
);

CREATE TABLE 'memory_history_trigrams_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'memory_history_trigrams_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'memory_history_trigrams_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'memory_history_trigrams_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER memory_history_trigrams_insert AFTER INSERT ON memory_history BEGIN INSERT INTO memory_history_trigrams (rowid, key, value_text) VALUES (NEW.row_id, NEW.key, NEW.value_text); END;

CREATE TRIGGER memory_history_trigrams_delete AFTER DELETE ON memory_history BEGIN INSERT INTO memory_history_trigrams (memory_history_trigrams, rowid, key, value_text) VALUES ('delete', OLD.row_id, OLD.key, OLD.value_text); END;

CREATE TRIGGER memory_history_trigrams_update AFTER UPDATE OF key, value_text ON memory_history BEGIN INSERT INTO memory_history_trigrams (memory_history_trigrams, rowid, key, value_text) VALUES ('delete', OLD.row_id, OLD.key, OLD.value_text); INSERT INTO memory_history_trigrams (rowid, key, value_text) VALUES (NEW.row_id, NEW.key, NEW.value_text); END;

CREATE TABLE memory_vectors (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  embedder TEXT NOT NULL CHECK (length(embedder) BETWEEN 1 AND 128),
  key TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  signature BLOB NOT NULL CHECK (length(signature) BETWEEN 4 AND 1024),
  vector BLOB,
  UNIQUE (workspace_id, key, version, embedder)
) STRICT;

CREATE INDEX memory_vectors_by_embedder ON memory_vectors (workspace_id, embedder, row_id);

CREATE INDEX memory_threads ON memory (workspace_id, thread_id, valid_from, id) WHERE thread_id IS NOT NULL;

CREATE INDEX memory_speakers ON memory (workspace_id, speaker COLLATE NOCASE) WHERE speaker IS NOT NULL;

CREATE INDEX memory_in_time ON memory (workspace_id, valid_from);

CREATE INDEX memory_history_threads ON memory_history (workspace_id, thread_id, valid_from, id) WHERE thread_id IS NOT NULL;

CREATE INDEX memory_history_speakers ON memory_history (workspace_id, speaker COLLATE NOCASE) WHERE speaker IS NOT NULL;

CREATE INDEX memory_history_in_time ON memory_history (workspace_id, valid_from);

CREATE TRIGGER events_move_the_head AFTER INSERT ON events
BEGIN UPDATE workspaces SET head_seq = NEW.seq, head_at = NEW.created_at, head_hash = NEW.chain_hash
  WHERE id = NEW.workspace_id; END;

CREATE TRIGGER events_hashes_stay BEFORE UPDATE OF payload_hash, chain_hash ON events WHEN OLD.chain_hash IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a hash of the log is written once'); END;

CREATE TABLE log_anchors (
  workspace_id TEXT NOT NULL PRIMARY KEY REFERENCES workspaces (id),
  through_seq INTEGER NOT NULL CHECK (through_seq >= 1),
  chain_hash BLOB NOT NULL CHECK (length(chain_hash) = 32),
  through_at INTEGER NOT NULL,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outside_changes (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  table_name TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
  at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER outside_changes_are_told AFTER INSERT ON outside_changes BEGIN
  UPDATE outside_changes SET at = (SELECT max(head_at, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
    FROM workspaces WHERE id = NEW.workspace_id) WHERE id = NEW.id;
  INSERT INTO events (workspace_id, seq, event_type, entity_type, entity_id, payload, origin, created_at)
    SELECT w.id, w.head_seq + 1, 'changed_outside', o.entity_type, o.entity_id,
      json_object('id', o.entity_id, 'operation', o.operation, 'table', o.table_name), 'system', o.at
    FROM outside_changes AS o JOIN workspaces AS w ON w.id = o.workspace_id;
END;

CREATE TABLE row_counts (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  counted TEXT NOT NULL,
  scope TEXT NOT NULL,
  state TEXT NOT NULL,
  rows INTEGER NOT NULL CHECK (rows >= 0),
  PRIMARY KEY (workspace_id, counted, scope, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tasks_counted_in AFTER INSERT ON tasks BEGIN
  INSERT INTO row_counts SELECT NEW.workspace_id, 'tasks', coalesce(NEW.project_id, ''), NEW.status, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'tasks' AND scope = coalesce(NEW.project_id, '') AND state = NEW.status);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'tasks' AND scope = coalesce(NEW.project_id, '') AND state = NEW.status;
END;

CREATE TRIGGER tasks_counted_out AFTER DELETE ON tasks BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'tasks' AND scope = coalesce(OLD.project_id, '') AND state = OLD.status;
END;

CREATE TRIGGER tasks_counted_over AFTER UPDATE OF project_id, status, valid_from, valid_to ON tasks
WHEN NEW.project_id IS NOT OLD.project_id OR NEW.status IS NOT OLD.status OR (NEW.valid_from < NEW.valid_to) <> (OLD.valid_from < OLD.valid_to) BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'tasks' AND scope = coalesce(OLD.project_id, '') AND state = OLD.status;
  INSERT INTO row_counts SELECT NEW.workspace_id, 'tasks', coalesce(NEW.project_id, ''), NEW.status, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'tasks' AND scope = coalesce(NEW.project_id, '') AND state = NEW.status);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'tasks' AND scope = coalesce(NEW.project_id, '') AND state = NEW.status;
END;

CREATE TRIGGER memory_counted_in AFTER INSERT ON memory BEGIN
  INSERT INTO row_counts SELECT NEW.workspace_id, 'memory', '', NEW.memory_type, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'memory' AND scope = '' AND state = NEW.memory_type);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'memory' AND scope = '' AND state = NEW.memory_type;
END;

CREATE TRIGGER memory_counted_out AFTER DELETE ON memory BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'memory' AND scope = '' AND state = OLD.memory_type;
END;

CREATE TRIGGER memory_counted_over AFTER UPDATE OF memory_type, valid_from, valid_to ON memory
WHEN NEW.memory_type IS NOT OLD.memory_type OR (NEW.valid_from < NEW.valid_to) <> (OLD.valid_from < OLD.valid_to) BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'memory' AND scope = '' AND state = OLD.memory_type;
  INSERT INTO row_counts SELECT NEW.workspace_id, 'memory', '', NEW.memory_type, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'memory' AND scope = '' AND state = NEW.memory_type);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'memory' AND scope = '' AND state = NEW.memory_type;
END;

CREATE TRIGGER projects_counted_in AFTER INSERT ON projects BEGIN
  INSERT INTO row_counts SELECT NEW.workspace_id, 'projects', '', NEW.status, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'projects' AND scope = '' AND state = NEW.status);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'projects' AND scope = '' AND state = NEW.status;
END;

CREATE TRIGGER projects_counted_out AFTER DELETE ON projects BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'projects' AND scope = '' AND state = OLD.status;
END;

CREATE TRIGGER projects_counted_over AFTER UPDATE OF status, valid_from, valid_to ON projects
WHEN NEW.status IS NOT OLD.status OR (NEW.valid_from < NEW.valid_to) <> (OLD.valid_from < OLD.valid_to) BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'projects' AND scope = '' AND state = OLD.status;
  INSERT INTO row_counts SELECT NEW.workspace_id, 'projects', '', NEW.status, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'projects' AND scope = '' AND state = NEW.status);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'projects' AND scope = '' AND state = NEW.status;
END;

CREATE TRIGGER workflows_counted_in AFTER INSERT ON workflows BEGIN
  INSERT INTO row_counts SELECT NEW.workspace_id, 'runs', '', NEW.status, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'runs' AND scope = '' AND state = NEW.status);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'runs' AND scope = '' AND state = NEW.status;
END;

CREATE TRIGGER workflows_counted_out AFTER DELETE ON workflows BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'runs' AND scope = '' AND state = OLD.status;
END;

CREATE TRIGGER workflows_counted_over AFTER UPDATE OF status, valid_from, valid_to ON workflows
WHEN NEW.status IS NOT OLD.status OR (NEW.valid_from < NEW.valid_to) <> (OLD.valid_from < OLD.valid_to) BEGIN
  UPDATE row_counts SET rows = rows - 1 WHERE OLD.valid_from < OLD.valid_to AND workspace_id = OLD.workspace_id AND counted = 'runs' AND scope = '' AND state = OLD.status;
  INSERT INTO row_counts SELECT NEW.workspace_id, 'runs', '', NEW.status, 0
    WHERE NEW.valid_from < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM row_counts WHERE workspace_id = NEW.workspace_id AND counted = 'runs' AND scope = '' AND state = NEW.status);
  UPDATE row_counts SET rows = rows + 1 WHERE NEW.valid_from < NEW.valid_to AND workspace_id = NEW.workspace_id AND counted = 'runs' AND scope = '' AND state = NEW.status;
END;

CREATE TRIGGER workspaces_unsealed AFTER UPDATE OF name, description, path, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON workspaces
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE workspaces SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER workspaces_history_unsealed AFTER UPDATE OF name, description, path, metadata, version, created_at, updated_at ON workspaces_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE workspaces_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER projects_unsealed AFTER UPDATE OF name, description, path, status, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON projects
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE projects SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER projects_history_unsealed AFTER UPDATE OF name, description, path, status, metadata, version, created_at, updated_at ON projects_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE projects_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER tasks_unsealed AFTER UPDATE OF project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON tasks
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE tasks SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER tasks_history_unsealed AFTER UPDATE OF project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at ON tasks_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE tasks_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER workflows_unsealed AFTER UPDATE OF context, state, status, progress, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON workflows
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE workflows SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER workflows_history_unsealed AFTER UPDATE OF context, state, status, progress, version, created_at, updated_at ON workflows_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE workflows_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER task_relationships_unsealed AFTER UPDATE OF from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON task_relationships
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE task_relationships SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER task_relationships_history_unsealed AFTER UPDATE OF from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at ON task_relationships_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE task_relationships_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER workspace_links_unsealed AFTER UPDATE OF to_workspace_id, note, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON workspace_links
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE workspace_links SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER workspace_links_history_unsealed AFTER UPDATE OF to_workspace_id, note, version, created_at, updated_at ON workspace_links_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE workspace_links_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER entities_unsealed AFTER UPDATE OF name, name_key, entity_type, type_key, summary, metadata, confidence, significance, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON entities
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE entities SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER entities_history_unsealed AFTER UPDATE OF name, name_key, entity_type, type_key, summary, metadata, confidence, significance, utterance_id, speaker, event_seq, version, created_at, updated_at ON entities_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE entities_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER observations_unsealed AFTER UPDATE OF entity_id, text, text_key, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON observations
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE observations SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER observations_history_unsealed AFTER UPDATE OF entity_id, text, text_key, utterance_id, speaker, event_seq, version, created_at, updated_at ON observations_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE observations_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER relations_unsealed AFTER UPDATE OF from_id, relation_type, type_key, to_id, fact, fact_key, strength, confidence, metadata, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON relations
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE relations SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER relations_history_unsealed AFTER UPDATE OF from_id, relation_type, type_key, to_id, fact, fact_key, strength, confidence, metadata, utterance_id, speaker, event_seq, version, created_at, updated_at ON relations_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE relations_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE TRIGGER memory_unsealed AFTER UPDATE OF id, value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON memory
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE memory SET seal = NULL WHERE id = NEW.id; END;

CREATE TRIGGER memory_history_unsealed AFTER UPDATE OF id, value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at ON memory_history
WHEN NEW.seal IS OLD.seal AND NEW.seal IS NOT NULL
BEGIN UPDATE memory_history SET seal = NULL WHERE row_id = NEW.row_id; END;

CREATE INDEX projects_ending ON projects (workspace_id, valid_to) WHERE valid_to < 9007199254740991;

CREATE INDEX projects_beginning ON projects (workspace_id, valid_from) WHERE valid_from > sys_from;

CREATE INDEX projects_history_beginning ON projects_history (workspace_id, valid_from)
  WHERE sys_to = 9007199254740991 AND valid_from > sys_from;

CREATE INDEX tasks_ending ON tasks (workspace_id, valid_to) WHERE valid_to < 9007199254740991;

CREATE INDEX tasks_beginning ON tasks (workspace_id, valid_from) WHERE valid_from > sys_from;

CREATE INDEX tasks_history_beginning ON tasks_history (workspace_id, valid_from)
  WHERE sys_to = 9007199254740991 AND valid_from > sys_from;

CREATE INDEX memory_ending ON memory (workspace_id, valid_to) WHERE valid_to < 9007199254740991;

CREATE INDEX memory_beginning ON memory (workspace_id, valid_from) WHERE valid_from > sys_from;

CREATE INDEX memory_history_beginning ON memory_history (workspace_id, valid_from)
  WHERE sys_to = 9007199254740991 AND valid_from > sys_from;

CREATE TRIGGER outside_workspaces_replace BEFORE INSERT ON workspaces WHEN EXISTS (SELECT 1 FROM workspaces WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of workspaces is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_workspaces_move BEFORE UPDATE OF id, row_id ON workspaces
WHEN NEW.row_id <> OLD.row_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of workspaces keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_workspaces_insert AFTER INSERT ON workspaces WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.id, 'workspaces', 'workspace', NEW.id, 'insert', 0);
  UPDATE workspaces SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workspaces_update AFTER UPDATE OF name, description, path, metadata, epoch, low_seq, processed_seq ON workspaces WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.id, 'workspaces', 'workspace', OLD.id, 'update', 0);
  INSERT INTO workspaces_history (id, name, description, path, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.id, OLD.name, OLD.description, OLD.path, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO workspaces_history (id, name, description, path, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.id, OLD.name, OLD.description, OLD.path, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE workspaces SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM workspaces_history WHERE id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workspaces_delete AFTER DELETE ON workspaces WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.id, 'workspaces', 'workspace', OLD.id, 'delete', 0);
  INSERT INTO workspaces_history (id, name, description, path, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.id, OLD.name, OLD.description, OLD.path, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO workspaces_history (id, name, description, path, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.id, OLD.name, OLD.description, OLD.path, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_projects_replace BEFORE INSERT ON projects WHEN EXISTS (SELECT 1 FROM projects WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of projects is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_projects_move BEFORE UPDATE OF workspace_id, id, row_id ON projects
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of projects keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_projects_insert AFTER INSERT ON projects WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'projects', 'project', NEW.id, 'insert', 0);
  UPDATE projects SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_projects_update AFTER UPDATE OF name, description, path, status, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON projects WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'projects', 'project', OLD.id, 'update', 0);
  INSERT INTO projects_history (workspace_id, id, name, description, path, status, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.description, OLD.path, OLD.status, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO projects_history (workspace_id, id, name, description, path, status, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.description, OLD.path, OLD.status, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE projects SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM projects_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_projects_delete AFTER DELETE ON projects WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'projects', 'project', OLD.id, 'delete', 0);
  INSERT INTO projects_history (workspace_id, id, name, description, path, status, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.description, OLD.path, OLD.status, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO projects_history (workspace_id, id, name, description, path, status, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.description, OLD.path, OLD.status, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_tasks_replace BEFORE INSERT ON tasks WHEN EXISTS (SELECT 1 FROM tasks WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of tasks is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_tasks_move BEFORE UPDATE OF workspace_id, id, row_id ON tasks
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of tasks keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_tasks_number BEFORE INSERT ON tasks
WHEN NEW.row_id / 4294967296 IS NOT (SELECT row_id FROM workspaces WHERE id = NEW.workspace_id) BEGIN
  INSERT INTO tasks (row_id, workspace_id, id, project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT w.row_id * 4294967296 + w.head_seq + 1, NEW.workspace_id, NEW.id, NEW.project_id, NEW.parent_id, NEW.title, NEW.description, NEW.intent_type, NEW.intent_source, NEW.business_goal, NEW.context_adaptations, NEW.parent_context, NEW.status, NEW.progress, NEW.confidence, NEW.complexity, NEW.routing_decision, NEW.metadata, NEW.version, NEW.created_at, NEW.updated_at, NEW.valid_from, NEW.valid_to, NEW.sys_from, NEW.sys_to
    FROM workspaces AS w WHERE w.id = NEW.workspace_id;
  SELECT RAISE(IGNORE);
END;

CREATE TRIGGER outside_tasks_insert AFTER INSERT ON tasks WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'tasks', 'task', NEW.id, 'insert', 0);
  UPDATE tasks SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_tasks_update AFTER UPDATE OF project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON tasks WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'tasks', 'task', OLD.id, 'update', 0);
  INSERT INTO tasks_history (row_id, workspace_id, id, project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM tasks_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.id, OLD.project_id, OLD.parent_id, OLD.title, OLD.description, OLD.intent_type, OLD.intent_source, OLD.business_goal, OLD.context_adaptations, OLD.parent_context, OLD.status, OLD.progress, OLD.confidence, OLD.complexity, OLD.routing_decision, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes)
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO tasks_history (row_id, workspace_id, id, project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM tasks_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.id, OLD.project_id, OLD.parent_id, OLD.title, OLD.description, OLD.intent_type, OLD.intent_source, OLD.business_goal, OLD.context_adaptations, OLD.parent_context, OLD.status, OLD.progress, OLD.confidence, OLD.complexity, OLD.routing_decision, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE tasks SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM tasks_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_tasks_delete AFTER DELETE ON tasks WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'tasks', 'task', OLD.id, 'delete', 0);
  INSERT INTO tasks_history (row_id, workspace_id, id, project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM tasks_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.id, OLD.project_id, OLD.parent_id, OLD.title, OLD.description, OLD.intent_type, OLD.intent_source, OLD.business_goal, OLD.context_adaptations, OLD.parent_context, OLD.status, OLD.progress, OLD.confidence, OLD.complexity, OLD.routing_decision, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes)
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO tasks_history (row_id, workspace_id, id, project_id, parent_id, title, description, intent_type, intent_source, business_goal, context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM tasks_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.id, OLD.project_id, OLD.parent_id, OLD.title, OLD.description, OLD.intent_type, OLD.intent_source, OLD.business_goal, OLD.context_adaptations, OLD.parent_context, OLD.status, OLD.progress, OLD.confidence, OLD.complexity, OLD.routing_decision, OLD.metadata, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workflows_replace BEFORE INSERT ON workflows WHEN EXISTS (SELECT 1 FROM workflows WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of workflows is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_workflows_move BEFORE UPDATE OF workspace_id, id, row_id ON workflows
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of workflows keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_workflows_insert AFTER INSERT ON workflows WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'workflows', 'run', NEW.id, 'insert', 0);
  UPDATE workflows SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workflows_update AFTER UPDATE OF context, state, status, progress, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to, workflow_id, name, definition, steps ON workflows WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'workflows', 'run', OLD.id, 'update', 0);
  INSERT INTO workflows_history (workspace_id, id, context, state, status, progress, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.context, OLD.state, OLD.status, OLD.progress, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO workflows_history (workspace_id, id, context, state, status, progress, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.context, OLD.state, OLD.status, OLD.progress, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE workflows SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM workflows_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workflows_delete AFTER DELETE ON workflows WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'workflows', 'run', OLD.id, 'delete', 0);
  INSERT INTO workflows_history (workspace_id, id, context, state, status, progress, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.context, OLD.state, OLD.status, OLD.progress, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO workflows_history (workspace_id, id, context, state, status, progress, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.context, OLD.state, OLD.status, OLD.progress, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_task_relationships_replace BEFORE INSERT ON task_relationships WHEN EXISTS (SELECT 1 FROM task_relationships WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of task_relationships is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_task_relationships_move BEFORE UPDATE OF workspace_id, id, row_id ON task_relationships
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of task_relationships keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_task_relationships_insert AFTER INSERT ON task_relationships WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'task_relationships', 'relationship', NEW.id, 'insert', 0);
  UPDATE task_relationships SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_task_relationships_update AFTER UPDATE OF from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON task_relationships WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'task_relationships', 'relationship', OLD.id, 'update', 0);
  INSERT INTO task_relationships_history (workspace_id, id, from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_workspace_id, OLD.from_id, OLD.kind, OLD.to_workspace_id, OLD.to_id, OLD.other_workspace_id, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO task_relationships_history (workspace_id, id, from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_workspace_id, OLD.from_id, OLD.kind, OLD.to_workspace_id, OLD.to_id, OLD.other_workspace_id, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE task_relationships SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM task_relationships_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_task_relationships_delete AFTER DELETE ON task_relationships WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'task_relationships', 'relationship', OLD.id, 'delete', 0);
  INSERT INTO task_relationships_history (workspace_id, id, from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_workspace_id, OLD.from_id, OLD.kind, OLD.to_workspace_id, OLD.to_id, OLD.other_workspace_id, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO task_relationships_history (workspace_id, id, from_workspace_id, from_id, kind, to_workspace_id, to_id, other_workspace_id, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_workspace_id, OLD.from_id, OLD.kind, OLD.to_workspace_id, OLD.to_id, OLD.other_workspace_id, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workspace_links_replace BEFORE INSERT ON workspace_links WHEN EXISTS (SELECT 1 FROM workspace_links WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of workspace_links is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_workspace_links_move BEFORE UPDATE OF workspace_id, id, row_id ON workspace_links
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of workspace_links keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_workspace_links_insert AFTER INSERT ON workspace_links WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'workspace_links', 'link', NEW.id, 'insert', 0);
  UPDATE workspace_links SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workspace_links_update AFTER UPDATE OF to_workspace_id, note, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON workspace_links WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'workspace_links', 'link', OLD.id, 'update', 0);
  INSERT INTO workspace_links_history (workspace_id, id, to_workspace_id, note, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.to_workspace_id, OLD.note, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO workspace_links_history (workspace_id, id, to_workspace_id, note, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.to_workspace_id, OLD.note, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE workspace_links SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM workspace_links_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_workspace_links_delete AFTER DELETE ON workspace_links WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'workspace_links', 'link', OLD.id, 'delete', 0);
  INSERT INTO workspace_links_history (workspace_id, id, to_workspace_id, note, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.to_workspace_id, OLD.note, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO workspace_links_history (workspace_id, id, to_workspace_id, note, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.to_workspace_id, OLD.note, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_entities_replace BEFORE INSERT ON entities WHEN EXISTS (SELECT 1 FROM entities WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of entities is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_entities_move BEFORE UPDATE OF workspace_id, id, row_id ON entities
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of entities keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_entities_insert AFTER INSERT ON entities WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'entities', 'entity', NEW.id, 'insert', 0);
  UPDATE entities SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_entities_update AFTER UPDATE OF name, name_key, entity_type, type_key, summary, metadata, confidence, significance, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON entities WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'entities', 'entity', OLD.id, 'update', 0);
  INSERT INTO entities_history (workspace_id, id, name, name_key, entity_type, type_key, summary, metadata, confidence, significance, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.name_key, OLD.entity_type, OLD.type_key, OLD.summary, OLD.metadata, OLD.confidence, OLD.significance, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO entities_history (workspace_id, id, name, name_key, entity_type, type_key, summary, metadata, confidence, significance, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.name_key, OLD.entity_type, OLD.type_key, OLD.summary, OLD.metadata, OLD.confidence, OLD.significance, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE entities SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM entities_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_entities_delete AFTER DELETE ON entities WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'entities', 'entity', OLD.id, 'delete', 0);
  INSERT INTO entities_history (workspace_id, id, name, name_key, entity_type, type_key, summary, metadata, confidence, significance, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.name_key, OLD.entity_type, OLD.type_key, OLD.summary, OLD.metadata, OLD.confidence, OLD.significance, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO entities_history (workspace_id, id, name, name_key, entity_type, type_key, summary, metadata, confidence, significance, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.name, OLD.name_key, OLD.entity_type, OLD.type_key, OLD.summary, OLD.metadata, OLD.confidence, OLD.significance, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_observations_replace BEFORE INSERT ON observations WHEN EXISTS (SELECT 1 FROM observations WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of observations is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_observations_move BEFORE UPDATE OF workspace_id, id, row_id ON observations
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of observations keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_observations_insert AFTER INSERT ON observations WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'observations', 'observation', NEW.id, 'insert', 0);
  UPDATE observations SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_observations_update AFTER UPDATE OF entity_id, text, text_key, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON observations WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'observations', 'observation', OLD.id, 'update', 0);
  INSERT INTO observations_history (workspace_id, id, entity_id, text, text_key, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.entity_id, OLD.text, OLD.text_key, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO observations_history (workspace_id, id, entity_id, text, text_key, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.entity_id, OLD.text, OLD.text_key, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE observations SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM observations_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_observations_delete AFTER DELETE ON observations WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'observations', 'observation', OLD.id, 'delete', 0);
  INSERT INTO observations_history (workspace_id, id, entity_id, text, text_key, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.entity_id, OLD.text, OLD.text_key, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO observations_history (workspace_id, id, entity_id, text, text_key, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.entity_id, OLD.text, OLD.text_key, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_relations_replace BEFORE INSERT ON relations WHEN EXISTS (SELECT 1 FROM relations WHERE workspace_id = NEW.workspace_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this row of relations is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_relations_move BEFORE UPDATE OF workspace_id, id, row_id ON relations
WHEN NEW.row_id <> OLD.row_id OR NEW.workspace_id <> OLD.workspace_id OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a row of relations keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_relations_insert AFTER INSERT ON relations WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'relations', 'relation', NEW.id, 'insert', 0);
  UPDATE relations SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_relations_update AFTER UPDATE OF from_id, relation_type, type_key, to_id, fact, fact_key, strength, confidence, metadata, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON relations WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'relations', 'relation', OLD.id, 'update', 0);
  INSERT INTO relations_history (workspace_id, id, from_id, relation_type, type_key, to_id, fact, fact_key, strength, confidence, metadata, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_id, OLD.relation_type, OLD.type_key, OLD.to_id, OLD.fact, OLD.fact_key, OLD.strength, OLD.confidence, OLD.metadata, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO relations_history (workspace_id, id, from_id, relation_type, type_key, to_id, fact, fact_key, strength, confidence, metadata, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_id, OLD.relation_type, OLD.type_key, OLD.to_id, OLD.fact, OLD.fact_key, OLD.strength, OLD.confidence, OLD.metadata, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE relations SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM relations_history WHERE workspace_id = OLD.workspace_id AND id = OLD.id), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE row_id = NEW.row_id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_relations_delete AFTER DELETE ON relations WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'relations', 'relation', OLD.id, 'delete', 0);
  INSERT INTO relations_history (workspace_id, id, from_id, relation_type, type_key, to_id, fact, fact_key, strength, confidence, metadata, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_id, OLD.relation_type, OLD.type_key, OLD.to_id, OLD.fact, OLD.fact_key, OLD.strength, OLD.confidence, OLD.metadata, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes) WHERE EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO relations_history (workspace_id, id, from_id, relation_type, type_key, to_id, fact, fact_key, strength, confidence, metadata, utterance_id, speaker, event_seq, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to) SELECT OLD.workspace_id, OLD.id, OLD.from_id, OLD.relation_type, OLD.type_key, OLD.to_id, OLD.fact, OLD.fact_key, OLD.strength, OLD.confidence, OLD.metadata, OLD.utterance_id, OLD.speaker, OLD.event_seq, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991 WHERE EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_memory_replace BEFORE INSERT ON memory WHEN EXISTS (SELECT 1 FROM memory WHERE workspace_id = NEW.workspace_id AND key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'this row of memory is there already: change it with UPDATE'); END;

CREATE TRIGGER outside_memory_move BEFORE UPDATE OF workspace_id, key, id ON memory
WHEN NEW.id <> OLD.id OR NEW.workspace_id <> OLD.workspace_id OR NEW.key <> OLD.key
BEGIN SELECT RAISE(ABORT, 'a row of memory keeps its workspace, its id and its number'); END;

CREATE TRIGGER outside_memory_number BEFORE INSERT ON memory
WHEN NEW.id / 4294967296 IS NOT (SELECT row_id FROM workspaces WHERE id = NEW.workspace_id) BEGIN
  INSERT INTO memory (id, workspace_id, key, value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT w.row_id * 4294967296 + w.head_seq + 1, NEW.workspace_id, NEW.key, NEW.value, (SELECT trim(group_concat(iif(typeof(key) = 'text', key || ' ', '') ||
      CASE type WHEN 'object' THEN '' WHEN 'array' THEN '' WHEN 'null' THEN 'null' WHEN 'true' THEN 'true'
        WHEN 'false' THEN 'false' ELSE atom END, char(10)), char(10)) FROM json_tree(NEW.value)), NEW.category, NEW.memory_type, NEW.significance, NEW.confidence, NEW.metadata, NEW.speaker, NEW.thread_id, NEW.utterance_id, NEW.event_seq, NEW.supersedes, NEW.superseded_by, NEW.semantic, NEW.version, NEW.created_at, NEW.updated_at, NEW.valid_from, NEW.valid_to, NEW.sys_from, NEW.sys_to
    FROM workspaces AS w WHERE w.id = NEW.workspace_id;
  SELECT RAISE(IGNORE);
END;

CREATE TRIGGER outside_memory_insert AFTER INSERT ON memory WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, NEW.workspace_id, 'memory', 'memory', NEW.key, 'insert', 0);
  UPDATE memory SET updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE id = NEW.id AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_memory_update AFTER UPDATE OF value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to ON memory WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'memory', 'memory', OLD.key, 'update', 0);
  INSERT INTO memory_history (row_id, workspace_id, key, id, value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM memory_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.key, OLD.id, OLD.value, OLD.value_text, OLD.category, OLD.memory_type, OLD.significance, OLD.confidence, OLD.metadata, OLD.speaker, OLD.thread_id, OLD.utterance_id, OLD.event_seq, OLD.supersedes, OLD.superseded_by, OLD.semantic, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes)
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO memory_history (row_id, workspace_id, key, id, value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM memory_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.key, OLD.id, OLD.value, OLD.value_text, OLD.category, OLD.memory_type, OLD.significance, OLD.confidence, OLD.metadata, OLD.speaker, OLD.thread_id, OLD.utterance_id, OLD.event_seq, OLD.supersedes, OLD.superseded_by, OLD.semantic, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  UPDATE memory SET version = 1 + max(OLD.version,
      coalesce((SELECT max(version) FROM memory_history WHERE workspace_id = OLD.workspace_id AND key = OLD.key), 0)),
    valid_from = iif(NEW.valid_from IS OLD.valid_from AND NEW.valid_to IS OLD.valid_to AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to, (SELECT at FROM outside_changes), NEW.valid_from),
    updated_at = (SELECT at FROM outside_changes),
    sys_from = (SELECT at FROM outside_changes),
    event_seq = (SELECT w.head_seq FROM workspaces AS w WHERE w.id = NEW.workspace_id)
    WHERE id = NEW.id AND EXISTS (SELECT 1 FROM outside_changes);
  UPDATE memory SET value_text = (SELECT trim(group_concat(iif(typeof(key) = 'text', key || ' ', '') ||
      CASE type WHEN 'object' THEN '' WHEN 'array' THEN '' WHEN 'null' THEN 'null' WHEN 'true' THEN 'true'
        WHEN 'false' THEN 'false' ELSE atom END, char(10)), char(10)) FROM json_tree(NEW.value))
    WHERE id = NEW.id AND NEW.value_text IS OLD.value_text AND EXISTS (SELECT 1 FROM outside_changes);
  DELETE FROM outside_changes WHERE id = 1;
END;

CREATE TRIGGER outside_memory_delete AFTER DELETE ON memory WHEN NOT EXISTS (SELECT 1 FROM outside_changes) BEGIN
  INSERT INTO outside_changes (id, workspace_id, table_name, entity_type, entity_id, operation, at)
    VALUES (1, OLD.workspace_id, 'memory', 'memory', OLD.key, 'delete', 0);
  INSERT INTO memory_history (row_id, workspace_id, key, id, value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM memory_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.key, OLD.id, OLD.value, OLD.value_text, OLD.category, OLD.memory_type, OLD.significance, OLD.confidence, OLD.metadata, OLD.speaker, OLD.thread_id, OLD.utterance_id, OLD.event_seq, OLD.supersedes, OLD.superseded_by, OLD.semantic, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, OLD.valid_to, OLD.sys_from, (SELECT at FROM outside_changes)
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND 1;
  INSERT INTO memory_history (row_id, workspace_id, key, id, value, value_text, category, memory_type, significance, confidence, metadata, speaker, thread_id, utterance_id, event_seq, supersedes, superseded_by, semantic, version, created_at, updated_at, valid_from, valid_to, sys_from, sys_to)
    SELECT coalesce((SELECT max(row_id) FROM memory_history
      WHERE row_id BETWEEN w.row_id * 4294967296 AND w.row_id * 4294967296 + 4294967295), w.row_id * 4294967296) + 1, OLD.workspace_id, OLD.key, OLD.id, OLD.value, OLD.value_text, OLD.category, OLD.memory_type, OLD.significance, OLD.confidence, OLD.metadata, OLD.speaker, OLD.thread_id, OLD.utterance_id, OLD.event_seq, OLD.supersedes, OLD.superseded_by, OLD.semantic, OLD.version, OLD.created_at, OLD.updated_at, OLD.valid_from, (SELECT at FROM outside_changes), (SELECT at FROM outside_changes), 9007199254740991
    FROM workspaces AS w WHERE w.id = OLD.workspace_id AND EXISTS (SELECT 1 FROM outside_changes) AND OLD.valid_from < (SELECT at FROM outside_changes) AND (SELECT at FROM outside_changes) < OLD.valid_to;
  DELETE FROM outside_changes WHERE id = 1;
END;
