import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

/** Brings a memory that matters into the semantic layer: the vectors of the embedder, after which it is found by its
 * meaning. An embedder that fails is a failed attempt; after the last one it is told, and memory itself stands. [O34] */
export function createMemorySync(back: Back): Handler<Jobs["memory_sync"], "memory_sync"> {
  return async (job) => {
    const { failure } = await back.store.memory.embedAll();
    if (failure !== undefined) throw new Error(failure);
    return (unit) => {
      const workspaceId = jobWorkspace(job);
      const entityId = `memory:${job.payload.key}`;
      const payload = { entity_id: entityId, status: "synced", progress: 1 };
      const event = { eventType: "status_update", entityType: "memory", entityId: job.payload.key, payload } as const;
      back.store.events.append(unit, workspaceId, event, jobCause(job, "system"));
    };
  };
}
