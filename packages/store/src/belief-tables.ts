import { beliefTable } from "./belief-table.ts";
import type { BeliefTable } from "./belief-table.ts";

const told = ["version", "created_at", "updated_at"] as const;

/** Workspaces. The position of the log stands beside them and is no part of what is believed. */
export const workspaceBeliefs: BeliefTable = beliefTable({
  name: "workspaces",
  thing: ["id"],
  columns: ["name", "description", "path", "metadata", ...told],
  fixed: ["row_id", "epoch", "low_seq", "head_seq", "head_at", "head_hash", "processed_seq"],
  isSealed: true,
  newest: ["created_at", "id"],
});

/** Projects. */
export const projectBeliefs: BeliefTable = beliefTable({
  name: "projects",
  thing: ["workspace_id", "id"],
  columns: ["name", "description", "path", "status", "metadata", ...told],
  fixed: ["row_id"],
  isSealed: true,
  newest: ["created_at", "id"],
});

/** Tasks. */
export const taskBeliefs: BeliefTable = beliefTable({
  name: "tasks",
  thing: ["workspace_id", "id"],
  columns: [
    "project_id",
    "parent_id",
    "title",
    "description",
    "intent_type",
    "intent_source",
    "business_goal",
    "context_adaptations",
    "parent_context",
    "status",
    "progress",
    "confidence",
    "complexity",
    "routing_decision",
    "metadata",
    ...told,
  ],
  fixed: ["row_id"],
  isSealed: true,
  newest: ["created_at", "id"],
  isHistorySearched: true,
});

/** Runs of workflows. Name, definition and steps of a run never change. */
export const runBeliefs: BeliefTable = beliefTable({
  name: "workflows",
  thing: ["workspace_id", "id"],
  columns: ["context", "state", "status", "progress", ...told],
  fixed: ["row_id", "workflow_id", "name", "definition", "steps"],
  isSealed: true,
  newest: ["created_at", "id"],
});

/** Relationships between tasks. The workspace is the one in which it was said. */
export const relationshipBeliefs: BeliefTable = beliefTable({
  name: "task_relationships",
  thing: ["workspace_id", "id"],
  columns: ["from_workspace_id", "from_id", "kind", "to_workspace_id", "to_id", "other_workspace_id", ...told],
  fixed: ["row_id"],
  isSealed: true,
  newest: ["created_at", "id"],
});

/** Links: what one workspace lets another one name. `workspace_id` is the one that grants. */
export const linkBeliefs: BeliefTable = beliefTable({
  name: "workspace_links",
  thing: ["workspace_id", "id"],
  columns: ["to_workspace_id", "note", ...told],
  fixed: ["row_id"],
  isSealed: true,
  newest: ["created_at", "id"],
});

/** Memory, by workspace and key. */
export const memoryBeliefs: BeliefTable = beliefTable({
  name: "memory",
  thing: ["workspace_id", "key"],
  columns: [
    "id",
    "value",
    "value_text",
    "category",
    "memory_type",
    "significance",
    "confidence",
    "metadata",
    "speaker",
    "thread_id",
    "utterance_id",
    "event_seq",
    "supersedes",
    "superseded_by",
    "semantic",
    ...told,
  ],
  isSealed: true,
  newest: ["updated_at", "key"],
  erased: "value",
  isHistorySearched: true,
});
