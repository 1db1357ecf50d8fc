import { startRun } from "@kingly/workflow";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import { readRun, toRowJson } from "../jobs/read-run.ts";
import { acknowledge } from "./accepting.ts";
import type { Acceptor, CommandRefusal } from "./accepting.ts";
import { runIdOf } from "./accept-workflow-start.ts";

/** Takes up a failed task again, or starts a failed run anew with the same definition and inputs. [O10] */
export const acceptRetry: Acceptor<"retry"> = (command, accepting) => {
  const { back, unit, workspaceId, cid, cause } = accepting;
  const known = readRun(back.store, workspaceId, command.target_id, unit);
  if (known !== undefined) {
    if (known.run.status !== "failed" && known.run.status !== "cancelled")
      return notFailed(command.target_id, known.run.status);
    const runId = runIdOf(cid);
    const { definition, row } = known;
    const begun = startRun(definition, { runId, inputs: known.run.inputs });
    back.store.runs.create(
      unit,
      {
        id: runId,
        workspaceId,
        workflowId: row.workflowId,
        title: row.title,
        definition: row.definition,
        steps: row.steps,
        state: toRowJson({ ...begun.run, steps: {} }),
        status: "queued",
        progress: 0,
      },
      cause,
    );
    const priority = priorities.workflow_execute;
    back.queue.add(unit, {
      type: "workflow_execute",
      payload: { runId },
      workspaceId,
      cid,
      priority,
      key: jobKey(workspaceId, runId),
    });
    return undefined;
  }
  const task = back.store.tasks.get(workspaceId, command.target_id, unit);
  if (task === undefined) {
    return {
      code: "unknown_target",
      message: `There is nothing called ${command.target_id}.`,
      recovery: "Name a failed task or run of the list.",
    };
  }
  if (task.status !== "failed") return notFailed(task.id, task.status);
  back.store.tasks.transition(unit, workspaceId, task.id, "queued", {}, cause);
  acknowledge(accepting, "task", `${task.id}:retry`);
  const payload = { taskId: task.id };
  back.queue.add(unit, {
    type: "task_create",
    payload,
    workspaceId,
    cid,
    priority: priorities.task_create,
    key: jobKey(workspaceId, task.id),
  });
  return undefined;
};

function notFailed(id: string, status: string): CommandRefusal {
  return {
    code: "not_failed",
    message: `${id} is ${status}; only what failed can be tried again.`,
    recovery: "Look at the list for what failed, or create it anew.",
  };
}
