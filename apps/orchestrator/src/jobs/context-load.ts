import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { summariseContext } from "./summarise-context.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

/** Loads a context and tells its summary: `cl#cid:`. [O6] */
export function createContextLoad(back: Back): Handler<Jobs["context_load"], "context_load"> {
  return async (job) => {
    const workspaceId = jobWorkspace(job);
    const { contextId } = job.payload;
    const summary = await summariseContext(back.store, workspaceId, contextId);
    return (unit) => {
      const payload = { context_id: contextId, summary };
      const event = { eventType: "context_loaded", entityType: "context", entityId: contextId, payload };
      back.store.events.append(unit, workspaceId, event, jobCause(job, "system"));
    };
  };
}
