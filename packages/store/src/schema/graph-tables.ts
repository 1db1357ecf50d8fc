import { forever } from "../forever.ts";
import { entityBeliefs, observationBeliefs, relationBeliefs } from "../graph/graph-belief-tables.ts";
import { historyRules } from "./history-rules.ts";
import { searchIndex } from "./search-index.ts";

const currentTimes = `valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT ${forever} CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT ${forever} CHECK (sys_to = ${forever})`;
const historyTimes = `valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)`;
const told = `event_seq INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL`;
const who = `utterance_id TEXT CHECK (length(utterance_id) BETWEEN 1 AND 128),
  speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256)`;

/** Finds beliefs of the history by a column; open and closed ones apart, so that a read as of now walks the open alone. */
const foundBy = (history: string, column: string): readonly string[] => [
  `CREATE INDEX ${history}_open_${column} ON ${history} (workspace_id, ${column}, valid_to) WHERE sys_to = ${forever}`,
  `CREATE INDEX ${history}_closed_${column} ON ${history} (workspace_id, ${column}, sys_to) WHERE sys_to < ${forever}`,
];
const erased = (columns: readonly string[]): { column: string; nothing: string }[] =>
  columns.map((column) => ({ column, nothing: "NULL" }));

/** The knowledge graph: entities, what was observed of them, facts between them, and which entities are one. [S54]
 *
 * `graph_texts` holds every text of the graph once, for the full-text indexes; `entity_bands` finds names that are alike.
 * What was forgotten is NULL in the histories. */
export const graphTables: readonly string[] = [
  `CREATE TABLE entities (
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
  ${who},
  ${told},
  ${currentTimes},
  UNIQUE (workspace_id, id)
) STRICT`,
  `CREATE INDEX entities_by_name ON entities (workspace_id, name_key, type_key)`,
  `CREATE INDEX entities_newest ON entities (workspace_id, created_at DESC, id DESC)`,
  `CREATE TABLE entities_history (
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
  ${who},
  ${told},
  ${historyTimes}
) STRICT`,
  ...historyRules(entityBeliefs, erased(["name", "name_key", "summary", "metadata", "utterance_id", "speaker"])),
  ...foundBy("entities_history", "name_key"),

  `CREATE TABLE observations (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  entity_id TEXT NOT NULL,
  text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 65536),
  text_key TEXT NOT NULL,
  ${who},
  ${told},
  ${currentTimes},
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, entity_id, text_key)
) STRICT`,
  `CREATE TABLE observations_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  entity_id TEXT,
  text TEXT,
  text_key TEXT,
  ${who},
  ${told},
  ${historyTimes}
) STRICT`,
  ...historyRules(observationBeliefs, erased(["entity_id", "text", "text_key", "utterance_id", "speaker"])),
  ...foundBy("observations_history", "entity_id"),

  `CREATE TABLE relations (
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
  ${who},
  ${told},
  ${currentTimes},
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, from_id, type_key, to_id, fact_key)
) STRICT`,
  `CREATE INDEX relations_to ON relations (workspace_id, to_id, type_key)`,
  `CREATE INDEX relations_newest ON relations (workspace_id, created_at DESC, id DESC)`,
  `CREATE TABLE relations_history (
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
  ${who},
  ${told},
  ${historyTimes}
) STRICT`,
  ...historyRules(
    relationBeliefs,
    erased("from_id relation_type type_key to_id fact fact_key metadata utterance_id speaker".split(" ")),
  ),
  ...foundBy("relations_history", "from_id"),
  ...foundBy("relations_history", "to_id"),

  // One entity stands for another one while the row is open. No valid time: what is one thing was always one thing.
  `CREATE TABLE entity_aliases (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  alias_id TEXT NOT NULL,
  entity_id TEXT NOT NULL CHECK (entity_id <> alias_id),
  event_seq INTEGER NOT NULL,
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT ${forever} CHECK (sys_from <= sys_to)
) STRICT`,
  `CREATE UNIQUE INDEX entity_aliases_open ON entity_aliases (workspace_id, alias_id) WHERE sys_to = ${forever}`,
  `CREATE INDEX entity_aliases_of ON entity_aliases (workspace_id, alias_id, sys_from)`,
  `CREATE INDEX entity_aliases_to ON entity_aliases (workspace_id, entity_id, sys_from)`,
  `CREATE TRIGGER entity_aliases_stay BEFORE UPDATE OF row_id, workspace_id, alias_id, entity_id, event_seq, sys_from
  ON entity_aliases
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END`,
  `CREATE TRIGGER entity_aliases_close_once BEFORE UPDATE OF sys_to ON entity_aliases WHEN OLD.sys_to <> ${forever}
BEGIN SELECT RAISE(ABORT, 'a belief of the history is closed once'); END`,

  `CREATE TABLE entity_bands (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  band INTEGER NOT NULL CHECK (band BETWEEN 0 AND 8),
  hash INTEGER NOT NULL,
  entity_id TEXT NOT NULL,
  PRIMARY KEY (workspace_id, band, hash, entity_id)
) STRICT, WITHOUT ROWID`,

  `CREATE TABLE graph_texts (
  id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  owner_id TEXT NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('name', 'summary', 'observation', 'fact')),
  text_key TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (workspace_id, owner_id, part, text_key)
) STRICT`,
  ...searchIndex("graph_texts", "id", ["text"]),
  // Names once more by their three-letter pieces: a word with a slip of the finger still finds them.
  `CREATE VIEW graph_names AS SELECT id, text FROM graph_texts WHERE part = 'name'`,
  `CREATE VIRTUAL TABLE graph_names_fts USING fts5 (
  text,
  content='graph_names', content_rowid='id', tokenize='trigram remove_diacritics 1'
)`,
  `INSERT INTO graph_names_fts (graph_names_fts, rank) VALUES ('secure-delete', 1)`,
  `CREATE TRIGGER graph_names_fts_insert AFTER INSERT ON graph_texts WHEN NEW.part = 'name'
BEGIN INSERT INTO graph_names_fts (rowid, text) VALUES (NEW.id, NEW.text); END`,
  `CREATE TRIGGER graph_names_fts_delete AFTER DELETE ON graph_texts WHEN OLD.part = 'name'
BEGIN INSERT INTO graph_names_fts (graph_names_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text); END`,
];
