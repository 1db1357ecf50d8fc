import {
  linkBeliefs,
  memoryBeliefs,
  projectBeliefs,
  relationshipBeliefs,
  runBeliefs,
  taskBeliefs,
  workspaceBeliefs,
} from "../belief-tables.ts";
import { forever } from "../forever.ts";
import { rowIdsPerWorkspace } from "../workspace-row-ids.ts";
import { historyRules } from "./history-rules.ts";
import { searchIndex } from "./search-index.ts";

const historiesOf001 = ["workspaces", "projects", "tasks", "workflows", "memory"] as const;

const currentTimes = `valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL DEFAULT ${forever} CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL DEFAULT ${forever} CHECK (sys_to = ${forever})`;
const historyTimes = `valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL CHECK (valid_from <= valid_to),
  sys_from INTEGER NOT NULL,
  sys_to INTEGER NOT NULL CHECK (sys_from <= sys_to)`;
const told = `version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL`;

/** First part of migration 002: what stands in the tables of 001 becomes beliefs, before the new rules bind it.
 *
 * Rows that hold at no moment and stand beside a closed one that tells the same go; what was forgotten is believed no
 * more; rows of full-text indexed histories get ids in the range of their workspace. */
export const timeTablesBefore: readonly string[] = [
  ...historiesOf001.flatMap((table) => [
    `DROP TRIGGER ${table}_history_stays`,
    `DROP TRIGGER ${table}_history_is_kept`,
    `DELETE FROM ${table}_history WHERE sys_to = ${forever} AND valid_from >= valid_to`,
  ]),
  "DROP TRIGGER memory_history_value_stays",
  "DROP INDEX tasks_history_by_id",
  "DROP INDEX projects_history_by_id",
  "DROP INDEX workflows_history_by_id",
  "DROP INDEX workspaces_history_by_id",
  "DROP INDEX memory_history_by_key",
  `UPDATE memory_history SET sys_to = sys_from WHERE sys_to = ${forever} AND value IS NULL`,
  ...["tasks", "memory"].map(
    (table) => `UPDATE ${table}_history SET row_id = row_id + ${rowIdsPerWorkspace} *
  (SELECT w.row_id FROM workspaces AS w WHERE w.id = workspace_id)`,
  ),

  ...["memory", "memory_history"].flatMap((table) => [
    `ALTER TABLE ${table} ADD COLUMN confidence REAL NOT NULL DEFAULT 1 CHECK (confidence BETWEEN 0 AND 1)`,
    `ALTER TABLE ${table} ADD COLUMN speaker TEXT CHECK (length(speaker) BETWEEN 1 AND 256)`,
    `ALTER TABLE ${table} ADD COLUMN thread_id TEXT CHECK (length(thread_id) BETWEEN 1 AND 128)`,
    `ALTER TABLE ${table} ADD COLUMN supersedes TEXT CHECK (length(supersedes) BETWEEN 1 AND 256)`,
    `ALTER TABLE ${table} ADD COLUMN superseded_by TEXT CHECK (length(superseded_by) BETWEEN 1 AND 256)`,
    // 1: significant enough for the layers that look at meaning.
    `ALTER TABLE ${table} ADD COLUMN semantic INTEGER NOT NULL DEFAULT 1 CHECK (semantic IN (0, 1))`,
    `UPDATE ${table} SET semantic = significance > 0.3`,
  ]),
  "ALTER TABLE memory_history ADD COLUMN value_text TEXT",
];

/** Second part: relationships and links between workspaces, and the rules, indexes and words of all histories. */
export const timeTablesAfter: readonly string[] = [
  `CREATE TABLE workspace_links (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  to_workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  note TEXT,
  ${told},
  ${currentTimes},
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, to_workspace_id),
  CHECK (id = to_workspace_id AND workspace_id <> to_workspace_id)
) STRICT`,
  `CREATE INDEX workspace_links_to ON workspace_links (to_workspace_id)`,
  `CREATE TABLE workspace_links_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  to_workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  note TEXT,
  ${told},
  ${historyTimes}
) STRICT`,
  ...historyRules(linkBeliefs),

  "ALTER TABLE task_relationships RENAME TO task_relationships_001",
  "DROP INDEX task_relationships_to",
  // `workspace_id` is where it was said; `other_workspace_id` is set when one of the tasks stands in another workspace,
  // and must then name one that has granted a link to this one.
  `CREATE TABLE task_relationships (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 512),
  from_workspace_id TEXT NOT NULL,
  from_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('blocks', 'relates_to')),
  to_workspace_id TEXT NOT NULL,
  to_id TEXT NOT NULL,
  other_workspace_id TEXT,
  ${told},
  ${currentTimes},
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
) STRICT`,
  `CREATE INDEX task_relationships_from ON task_relationships (from_workspace_id, from_id)`,
  `CREATE INDEX task_relationships_to ON task_relationships (to_workspace_id, to_id)`,
  `CREATE TABLE task_relationships_history (
  row_id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  from_workspace_id TEXT NOT NULL,
  from_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  to_workspace_id TEXT NOT NULL,
  to_id TEXT NOT NULL,
  other_workspace_id TEXT,
  ${told},
  ${historyTimes}
) STRICT`,
  `CREATE INDEX task_relationships_history_from
  ON task_relationships_history (from_workspace_id, from_id)`,
  `CREATE INDEX task_relationships_history_to
  ON task_relationships_history (to_workspace_id, to_id)`,
  ...historyRules(relationshipBeliefs),
  `INSERT INTO task_relationships (workspace_id, id, from_workspace_id, from_id, kind, to_workspace_id, to_id,
    created_at, updated_at, valid_from, valid_to, sys_from)
  SELECT workspace_id, from_id || ' ' || kind || ' ' || to_id, workspace_id, from_id, kind, workspace_id, to_id,
    created_at, created_at, valid_from, valid_to, sys_from FROM task_relationships_001 ORDER BY created_at, from_id, to_id`,
  "DROP TABLE task_relationships_001",
  ...["INSERT", "UPDATE"].map(
    (
      change,
    ) => `CREATE TRIGGER task_relationships_${change.toLowerCase()}_needs_a_link BEFORE ${change} ON task_relationships
WHEN NEW.other_workspace_id IS NOT NULL${change === "UPDATE" ? " AND NEW.valid_to > OLD.valid_to" : ""}
  AND NOT EXISTS (SELECT 1 FROM workspace_links AS l WHERE l.workspace_id = NEW.other_workspace_id
    AND l.to_workspace_id = NEW.workspace_id AND l.valid_to = ${forever})
BEGIN SELECT RAISE(ABORT, 'another workspace is named only under a link that it has granted'); END`,
  ),

  ...[workspaceBeliefs, projectBeliefs, taskBeliefs, runBeliefs].flatMap((table) => historyRules(table)),
  ...historyRules(memoryBeliefs, [
    { column: "value", nothing: "NULL" },
    { column: "value_text", nothing: "NULL" },
    { column: "metadata", nothing: "'{}'" },
  ]),
  `CREATE INDEX memory_superseded ON memory (workspace_id, superseded_by) WHERE superseded_by IS NOT NULL`,
  `CREATE INDEX memory_working ON memory (workspace_id, valid_to) WHERE memory_type = 'working'`,
  ...searchIndex("memory_history", "row_id", ["key", "value_text", "category"]),
  ...searchIndex("tasks_history", "row_id", ["title", "description", "intent_type", "business_goal"]),
  "INSERT INTO memory_history_fts (memory_history_fts) VALUES ('rebuild')",
  "INSERT INTO tasks_history_fts (tasks_history_fts) VALUES ('rebuild')",
];
