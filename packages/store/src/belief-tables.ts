import { beliefTable } from "./belief-table.ts";

const told = ["version", "created_at", "updated_at"] as const;

/** Projects, by workspace and id. */
export const projectBeliefs = beliefTable({
  name: "projects",
  thing: ["workspace_id", "id"],
  columns: ["name", "description", "path", "status", "metadata", ...told],
  fixed: ["row_id"],
  newest: ["created_at", "id"],
});
