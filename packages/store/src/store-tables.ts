interface Versioned {
  row_id: number;
  version: number;
  created_at: number;
  updated_at: number;
  valid_from: number;
  valid_to: number;
  sys_from: number;
  sys_to: number;
}

/** A row of `workspaces`. */
export interface WorkspaceRow extends Versioned {
  id: string;
  name: string;
  description: string | null;
  path: string | null;
  metadata: string;
  epoch: string;
  low_seq: number;
  head_seq: number;
  head_at: number;
}

/** A row of `projects`. */
export interface ProjectRow extends Versioned {
  workspace_id: string;
  id: string;
  name: string;
  description: string | null;
  path: string | null;
  status: string;
  metadata: string;
}

/** A row of `tasks`. */
export interface TaskRow extends Versioned {
  workspace_id: string;
  id: string;
  project_id: string | null;
  parent_id: string | null;
  title: string;
  description: string | null;
  intent_type: string | null;
  intent_source: string | null;
  business_goal: string | null;
  context_adaptations: string | null;
  parent_context: string | null;
  status: string;
  progress: number;
  confidence: number;
  complexity: number;
  routing_decision: string | null;
  metadata: string;
}

/** A row of `task_relationships`; `blocked_by` is stored as `blocks` the other way round. */
export interface TaskRelationshipRow {
  workspace_id: string;
  from_id: string;
  kind: string;
  to_id: string;
  created_at: number;
  valid_from: number;
  valid_to: number;
  sys_from: number;
  sys_to: number;
}

/** A row of `workflows`: one run. */
export interface RunRow extends Versioned {
  workspace_id: string;
  id: string;
  workflow_id: string;
  name: string;
  definition: string;
  steps: string;
  context: string;
  state: string;
  status: string;
  progress: number;
}

/** A row of `memory`. */
export interface MemoryRow extends Omit<Versioned, "row_id"> {
  id: number;
  workspace_id: string;
  key: string;
  value: string;
  value_text: string;
  category: string;
  memory_type: string;
  significance: number;
  metadata: string;
  utterance_id: string | null;
  event_seq: number;
}

/** A row of `memory_history`; a forgotten value is null. */
export interface MemoryHistoryRow extends Omit<MemoryRow, "value" | "value_text"> {
  row_id: number;
  value: string | null;
}

/** A row of `events`. */
export interface EventRow {
  id: number;
  workspace_id: string;
  seq: number;
  event_type: string;
  entity_type: string;
  entity_id: string;
  payload: string;
  cid: string | null;
  origin: string;
  turn_id: string | null;
  created_at: number;
  processed_at: number | null;
}

/** A row of `commands`. */
export interface CommandRow {
  workspace_id: string;
  cid: string;
  line: string;
  accepted_at: number;
}

/** The store's tables for Kysely, so that an app can join them with those of another room in one unit. */
export interface StoreTables {
  workspaces: WorkspaceRow;
  workspaces_history: Omit<WorkspaceRow, "epoch" | "low_seq" | "head_seq" | "head_at">;
  projects: ProjectRow;
  projects_history: ProjectRow;
  tasks: TaskRow;
  tasks_history: TaskRow;
  task_relationships: TaskRelationshipRow;
  workflows: RunRow;
  workflows_history: Omit<RunRow, "workflow_id" | "name" | "definition" | "steps">;
  memory: MemoryRow;
  memory_history: MemoryHistoryRow;
  events: EventRow;
  commands: CommandRow;
}

/** The tables whose changes are kept in a `_history` table. */
export type VersionedTable = "workspaces" | "projects" | "tasks" | "workflows" | "memory";

/** What a history row copies from the current row, beside the two intervals. */
export const versionedColumns: Readonly<Record<VersionedTable, string>> = {
  workspaces: "id, name, description, path, metadata, version, created_at, updated_at",
  projects: "workspace_id, id, name, description, path, status, metadata, version, created_at, updated_at",
  tasks:
    "workspace_id, id, project_id, parent_id, title, description, intent_type, intent_source, business_goal, " +
    "context_adaptations, parent_context, status, progress, confidence, complexity, routing_decision, metadata, " +
    "version, created_at, updated_at",
  workflows: "workspace_id, id, context, state, status, progress, version, created_at, updated_at",
  memory:
    "id, workspace_id, key, value, category, memory_type, significance, metadata, utterance_id, event_seq, version, " +
    "created_at, updated_at",
};
