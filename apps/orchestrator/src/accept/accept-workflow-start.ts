import { checkInputs, startRun } from "@kingly/workflow";
import { createRunRow } from "../jobs/create-run-row.ts";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import type { Acceptor } from "./accepting.ts";

/** Creates a run of the workflow with a copy of its definition, and the job that starts it. [O5] */
export const acceptWorkflowStart: Acceptor<"workflow_start"> = (command, { back, unit, workspaceId, cid, cause }) => {
  const { byId } = back.workflows();
  const definition = byId.get(command.workflow_id);
  if (definition === undefined) {
    const known = [...byId.keys()].join(", ") || "none";
    return {
      code: "unknown_workflow",
      message: `There is no workflow ${command.workflow_id}.`,
      recovery: `Known workflows: ${known}.`,
    };
  }
  const checked = checkInputs(definition, command.params ?? {});
  if (!checked.ok) {
    const [first] = checked.problems;
    return {
      code: "bad_params",
      message: first?.message ?? "The parameters do not fit.",
      recovery: first?.hint ?? "Look at its inputs.",
    };
  }
  const runId = runIdOf(cid);
  const begun = startRun(definition, { runId, inputs: checked.value });
  createRunRow({ back, unit, workspaceId, cause }, definition, begun.run);
  back.queue.add(unit, {
    type: "workflow_execute",
    payload: { runId },
    workspaceId,
    cid,
    priority: priorities.workflow_execute,
    key: jobKey(workspaceId, runId),
  });
  return undefined;
};

/** The id of the run that a command starts. */
export function runIdOf(cid: string): string {
  return `run_${cid}`;
}
