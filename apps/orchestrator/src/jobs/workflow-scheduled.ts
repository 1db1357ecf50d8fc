import { formatCommand } from "@kingly/codec";
import type { Value } from "@kingly/codec";
import type { Handler } from "@kingly/queue";
import { acceptIn } from "../accept-command.ts";
import type { Back } from "../back.ts";
import { jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

/** Starts a workflow at its time, by the command that a person would say; what refuses it is told like any refusal. The
 * cid derives from the job: it starts once. [O37] */
export function createWorkflowScheduled(back: Back): Handler<Jobs["workflow_scheduled"], "workflow_scheduled"> {
  return async (job) => (unit) => {
    const { workflowId, inputs } = job.payload;
    const cid = `s${job.id}`;
    const params = inputs as Value;
    const line = formatCommand({ op: "workflow_start", cid, workflow_id: workflowId, params });
    acceptIn(back, unit, jobWorkspace(job), { cid, line, origin: "workflow" });
  };
}
