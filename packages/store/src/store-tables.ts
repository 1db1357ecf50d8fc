import type { EntityAliasRow, EntityRow, ObservationRow, RelationRow } from "./graph/graph-rows.ts";

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
  head_hash: Uint8Array | null;
  processed_seq: number;
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
export interface TaskRelationshipRow extends Versioned {
  /** The workspace in which it was said. */
  workspace_id: string;
  id: string;
  from_workspace_id: string;
  from_id: string;
  kind: string;
  to_workspace_id: string;
  to_id: string;
  /** The workspace of the other task, when it is another one. */
  other_workspace_id: string | null;
}

/** A row of `workspace_links`: `workspace_id` lets `to_workspace_id` name its tasks. */
export interface WorkspaceLinkRow extends Versioned {
  workspace_id: string;
  id: string;
  to_workspace_id: string;
  note: string | null;
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
  confidence: number;
  metadata: string;
  speaker: string | null;
  thread_id: string | null;
  utterance_id: string | null;
  event_seq: number;
  supersedes: string | null;
  superseded_by: string | null;
  semantic: number;
}

/** A row of `memory_history`; a forgotten value is null. */
export interface MemoryHistoryRow extends Omit<MemoryRow, "value" | "value_text"> {
  row_id: number;
  value: string | null;
  value_text: string | null;
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
  payload_hash: Uint8Array | null;
  chain_hash: Uint8Array | null;
  forgotten_hash: Uint8Array | null;
}

/** A row of `log_anchors`: where a log whose beginning was let go begins now. */
export interface LogAnchorRow {
  workspace_id: string;
  through_seq: number;
  chain_hash: Uint8Array;
  through_at: number;
  made_at: number;
}

/** A row of `row_counts`: how many current rows of a kind there are, by scope and state. */
export interface RowCountRow {
  workspace_id: string;
  counted: string;
  scope: string;
  state: string;
  rows: number;
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
  workspaces_history: Omit<WorkspaceRow, "epoch" | "low_seq" | "head_seq" | "head_at" | "head_hash" | "processed_seq">;
  projects: ProjectRow;
  projects_history: ProjectRow;
  tasks: TaskRow;
  tasks_history: TaskRow;
  task_relationships: TaskRelationshipRow;
  task_relationships_history: TaskRelationshipRow;
  workspace_links: WorkspaceLinkRow;
  workspace_links_history: WorkspaceLinkRow;
  workflows: RunRow;
  workflows_history: Omit<RunRow, "workflow_id" | "name" | "definition" | "steps">;
  memory: MemoryRow;
  memory_history: MemoryHistoryRow;
  entities: EntityRow;
  observations: ObservationRow;
  relations: RelationRow;
  entity_aliases: EntityAliasRow;
  events: EventRow;
  commands: CommandRow;
  log_anchors: LogAnchorRow;
  row_counts: RowCountRow;
}
