import { atomically } from "./atomically.ts";
import { memoryBeliefs } from "./belief-tables.ts";
import { assertBelief, openBeliefs, retractBelief } from "./beliefs.ts";
import { checkText, refused } from "./check-value.ts";
import { sealThing } from "./seal.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import type { Memories } from "./memories.ts";
import type { Remember } from "./remember.ts";
import type { MemoryRow } from "./store-tables.ts";

/** Creates the taking of a place: the new key is remembered, the old one ends where it begins, each names the other. [S40]
 *
 * From then on the old key is found by no read of the present, so it can never outrank its successor. */
export function createSupersede(deps: { readonly events: EventLog }, remember: Remember): Memories["supersede"] {
  const { events } = deps;
  return (unit, oldKey, input, cause) => {
    const { workspaceId, key } = input;
    checkText(oldKey, "oldKey", 1, 256);
    if (oldKey === key) throw refused("key", key, "another key than the one whose place it takes");
    const old = { workspace_id: workspaceId, key: oldKey };
    return atomically(unit, () => {
      const { atMs: startMs } = events.nextChange(unit, workspaceId);
      const from = input.validFromMs ?? startMs;
      const ending = openBeliefs<MemoryRow>(unit, memoryBeliefs, old, { fromMs: from, toMs: forever });
      if (ending.length === 0) {
        const message = `Nothing is believed of ${JSON.stringify(oldKey)} from then on in this workspace.`;
        return {
          ok: false,
          error: { code: "not_found", message, hint: "Check the key, or remember the new one alone." },
        };
      }
      const memory = remember(unit, input, cause, oldKey);
      // Both keys change at one moment: at none of system time are both believed, or neither.
      const atMs = Math.max(startMs, memory.updatedAtMs);
      const cutMs = input.validFromMs ?? atMs;
      retractBelief(unit, memoryBeliefs, old, { fromMs: cutMs, toMs: forever }, atMs);
      for (const row of ending) {
        if (row.valid_from >= cutMs) continue;
        const told = { ...row, superseded_by: key };
        assertBelief(unit, memoryBeliefs, old, told, { fromMs: row.valid_from, toMs: cutMs }, atMs);
      }
      // When nothing of the old belief is left, its empty row, which holds at no moment, names the successor.
      unit.run(
        "UPDATE memory SET superseded_by = ? WHERE workspace_id = ? AND key = ? AND valid_from >= valid_to",
        key,
        workspaceId,
        oldKey,
      );
      sealThing(unit, memoryBeliefs, old);
      const payload = { key: oldKey, by: key, at: atMs, ended: cutMs <= atMs };
      const event = { eventType: "memory_superseded", entityType: "memory", entityId: oldKey, payload };
      events.append(unit, workspaceId, event, cause);
      return { ok: true, value: memory };
    });
  };
}
