import { atomically } from "./atomically.ts";
import { memoryBeliefs } from "./belief-tables.ts";
import { retractBelief } from "./beliefs.ts";
import { hashForgotten } from "./chain.ts";
import type { EventLog } from "./event-log.ts";
import type { MemoryVectors } from "./hybrid/memory-vectors.ts";
import { always } from "./interval.ts";
import type { Memories } from "./memories.ts";
import { sealThing } from "./seal.ts";
import type { MemoryRow } from "./store-tables.ts";

/** Creates the forgetting of a key: nothing is believed of it at any time, and its values leave every table. [S22]
 *
 * A key that was retracted can still be forgotten: its history holds values. */
export function createForgetMemory(deps: {
  readonly events: EventLog;
  readonly vectors: Pick<MemoryVectors, "forget">;
}): Memories["forget"] {
  const { events } = deps;
  return (unit, workspaceId, key, cause) => {
    const thing = { workspace_id: workspaceId, key };
    const present = unit.get<MemoryRow>(memoryBeliefs.sql.current, workspaceId, key);
    if (present === undefined) return false;
    return atomically(unit, () => {
      const { atMs: at } = events.nextChange(unit, workspaceId);
      retractBelief(unit, memoryBeliefs, thing, always, at);
      unit.run("DELETE FROM memory WHERE id = ?", present.id);
      unit.run(
        "UPDATE memory_history SET value = NULL, value_text = NULL, metadata = '{}' WHERE workspace_id = ? AND key = ?",
        workspaceId,
        key,
      );
      sealThing(unit, memoryBeliefs, thing);
      unit.run(
        `UPDATE events SET payload = json_set(payload, '$.value', NULL, '$.forgotten', json('true'))
         WHERE workspace_id = ? AND entity_type = 'memory' AND entity_id = ? AND event_type = 'memory_stored'`,
        workspaceId,
        key,
      );
      deps.vectors.forget(unit, workspaceId, key);
      hashForgotten(unit, workspaceId, "memory", key);
      const event = { eventType: "memory_forgotten", entityType: "memory", entityId: key, payload: { key, at } };
      events.append(unit, workspaceId, event, cause);
      return true;
    });
  };
}
