import type { Handler } from "@kingly/queue";
import { startRun } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { applyAdvance } from "./apply-advance.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";
import { readRun } from "./read-run.ts";

/** Begins a run: its first steps are queued in the unit that says it is running. [O5] */
export function createWorkflowExecute(back: Back): Handler<Jobs["workflow_execute"], "workflow_execute"> {
  return async (job) => {
    const workspaceId = jobWorkspace(job);
    return (unit) => {
      const known = readRun(back.store, workspaceId, job.payload.runId, unit);
      // Begun by an attempt before this one, or cancelled while it waited.
      if (known === undefined || known.row.status !== "queued") return;
      const { definition, run } = known;
      const begun = startRun(definition, { runId: run.runId, inputs: run.inputs });
      applyAdvance({ back, unit, workspaceId, cause: jobCause(job, "workflow") }, definition, run, begun);
    };
  };
}
