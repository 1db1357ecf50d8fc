import { memoryBeliefs } from "./belief-tables.ts";
import type { Retraction } from "./retract-thing.ts";

/** How the retraction of a key is told. */
export function retractionOf(workspaceId: string, key: string): Retraction {
  const told = { eventType: "memory_retracted", entityType: "memory", entityId: key, named: "key", tellsTime: true };
  return { table: memoryBeliefs, thing: { workspace_id: workspaceId, key }, workspaceId, ...told };
}
