import type { Handler } from "@kingly/queue";
import type { JsonValue, MemoryType } from "@kingly/store";
import type { Back } from "../back.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import { jobKey } from "./job-key.ts";
import { priorities } from "./jobs.ts";
import type { Jobs } from "./jobs.ts";

/** Stores a memory with the utterance it came from: `me#cid:` tells its value and time. [O7] */
export function createMemoryStore(back: Back): Handler<Jobs["memory_store"], "memory_store"> {
  return async (job) => (unit) => {
    const { key, value, memoryType, utteranceId } = job.payload;
    const workspaceId = jobWorkspace(job);
    const cause = jobCause(job, "user", utteranceId);
    const memory = back.store.memory.remember(
      unit,
      {
        workspaceId,
        key,
        value: value as JsonValue,
        memoryType: memoryType as MemoryType,
        ...(utteranceId === "" ? {} : { utteranceId, speaker: "user" }),
      },
      cause,
    );
    if (back.embeds && memory.semantic) {
      back.queue.add(unit, {
        type: "memory_sync",
        payload: { key },
        workspaceId,
        ...(job.cid === null ? {} : { cid: job.cid }),
        priority: priorities.memory_sync,
        key: jobKey(workspaceId, key),
        // One that runs may have looked before this value was there.
        onDuplicate: "replace",
      });
    }
    // Also when the same was known already: the person is told that it stands.
    const payload = { entity_id: key, status: "completed", progress: 1 };
    back.store.events.append(
      unit,
      workspaceId,
      { eventType: "status_update", entityType: "memory", entityId: key, payload },
      cause,
    );
  };
}
