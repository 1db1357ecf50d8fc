import type { WatchedTable } from "./schema/outside-triggers.ts";

const told = ["version", "created_at", "updated_at"];

/** The tables in which a change by another program is told and kept. Whoever adds a table of beliefs adds it here. [S94] */
export const watchedTables: readonly WatchedTable[] = [
  {
    name: "workspaces",
    entityType: "workspace",
    thing: ["id"],
    columns: ["name", "description", "path", "metadata", ...told],
    rowId: "row_id",
    // The rest of the row is the log's own position.
    updatesOf: ["name", "description", "path", "metadata", "epoch", "low_seq", "processed_seq"],
  },
  {
    name: "projects",
    entityType: "project",
    thing: ["workspace_id", "id"],
    columns: ["name", "description", "path", "status", "metadata", ...told],
    rowId: "row_id",
  },
  {
    name: "tasks",
    entityType: "task",
    thing: ["workspace_id", "id"],
    columns: [
      ...["project_id", "parent_id", "title", "description", "intent_type", "intent_source", "business_goal"],
      ...["context_adaptations", "parent_context", "status", "progress", "confidence", "complexity"],
      ...["routing_decision", "metadata", ...told],
    ],
    rowId: "row_id",
    isNumbered: true,
  },
  {
    name: "workflows",
    entityType: "run",
    thing: ["workspace_id", "id"],
    columns: ["context", "state", "status", "progress", ...told],
    rowId: "row_id",
  },
];
