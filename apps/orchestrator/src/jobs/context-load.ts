import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { readDepth } from "../context/depths.ts";
import { loadContext } from "../context/load-context.ts";
import { cutText } from "../cut-text.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

// What is told to a person stands in one line.
const maxSummary = 8000;

/** Loads a context and tells its summary: `cl#cid:`. [O6] */
export function createContextLoad(back: Back): Handler<Jobs["context_load"], "context_load"> {
  return async (job) => {
    const workspaceId = jobWorkspace(job);
    const { contextId, depth } = job.payload;
    const { text } = await loadContext(back, workspaceId, contextId, readDepth(depth));
    return (unit) => {
      const payload = { context_id: contextId, summary: cutText(text, maxSummary) };
      const event = { eventType: "context_loaded", entityType: "context", entityId: contextId, payload };
      back.store.events.append(unit, workspaceId, event, jobCause(job, "system"));
    };
  };
}
