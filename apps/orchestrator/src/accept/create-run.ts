import { startRun } from "@kingly/workflow";
import type { Definition, Run } from "@kingly/workflow";
import { createRunRow } from "../jobs/create-run-row.ts";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import type { Accepting } from "./accepting.ts";

/** Creates the run of a command with a copy of its definition, and the job that starts it. `inputs` are checked. [O5] */
export function createRun(
  { back, unit, workspaceId, cid, cause }: Accepting,
  definition: Definition,
  inputs: Run["inputs"],
): void {
  const runId = runIdOf(cid);
  const begun = startRun(definition, { runId, inputs });
  createRunRow({ back, unit, workspaceId, cause }, definition, begun.run);
  back.queue.add(unit, {
    type: "workflow_execute",
    payload: { runId },
    workspaceId,
    cid,
    priority: priorities.workflow_execute,
    key: jobKey(workspaceId, runId),
  });
}

/** The id of the run that a command starts. */
export function runIdOf(cid: string): string {
  return `run_${cid}`;
}
