import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { tellRun } from "./apply-advance.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

/** Tells a run that the time of a start, or of a whole step, is over. When it has ended by then nothing happens. [O22][O23] */
export function createWorkflowDeadline(back: Back): Handler<Jobs["workflow_deadline"], "workflow_deadline"> {
  return async (job) => (unit) => {
    const { runId, ref, of } = job.payload;
    const context = { back, unit, workspaceId: jobWorkspace(job), cause: jobCause(job, "workflow") };
    tellRun(context, runId, { ...ref, kind: "timed_out", of });
  };
}
