import { checkInputs, startRun } from "@kingly/workflow";
import type { Json } from "@kingly/workflow";
import { cutTitle } from "../cut-text.ts";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import { toRowJson } from "../jobs/read-run.ts";
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
  back.store.runs.create(
    unit,
    {
      id: runId,
      workspaceId,
      workflowId: definition.id,
      title: titleOf(definition.name, checked.value),
      definition: toRowJson(definition),
      steps: definition.steps.map((step) => ({ id: step.id, name: step.name ?? step.id })),
      // The state before anything began; the job begins it, and a crash in between begins it once.
      state: toRowJson({ ...begun.run, steps: {} }),
      status: "queued",
      progress: 0,
    },
    cause,
  );
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

function titleOf(name: string, inputs: Readonly<Record<string, Json>>): string {
  const subject = inputs["name"] ?? inputs["title"];
  return typeof subject === "string" && subject !== "" ? cutTitle(`${name}: ${subject}`, 200) : name;
}
