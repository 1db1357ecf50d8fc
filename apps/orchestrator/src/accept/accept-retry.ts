import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import { readRun } from "../jobs/read-run.ts";
import type { KnownRun } from "../jobs/read-run.ts";
import { acknowledge } from "../steps/acknowledge.ts";
import type { Accepting, Acceptor, CommandRefusal } from "./accepting.ts";
import { createRun } from "./create-run.ts";
import { findStep, notFailed, rerunFrom } from "./rerun-from.ts";

/** Takes up a failed task again, starts a failed run anew with the same definition and inputs, or begins a run anew from
 * one of its steps. [O10][O25] */
export const acceptRetry: Acceptor<"retry"> = (command, accepting) => {
  const { back, unit, workspaceId, cid, cause } = accepting;
  const known = readRun(back.store, workspaceId, command.target_id, unit);
  if (known !== undefined) return startAgain(accepting, known);
  const place = findStep(accepting, command.target_id);
  if (place !== undefined) return rerunFrom(accepting, place, {}, "retry");
  const task = back.store.tasks.get(workspaceId, command.target_id, unit);
  if (task === undefined) {
    return {
      code: "unknown_target",
      message: `There is nothing called ${command.target_id}.`,
      recovery: "Name a failed task or run of the list.",
    };
  }
  // A task whose work stopped rests at `ready`: it is taken up from there.
  const work = back.mind.works.get(workspaceId, task.id, unit);
  const isStopped = task.status === "ready" && work?.status === "stopped";
  if (task.status !== "failed" && !isStopped) return notFailed(task.id, task.status);
  if (!isStopped) back.store.tasks.transition(unit, workspaceId, task.id, "queued", {}, cause);
  acknowledge(accepting, "task", `${task.id}:retry`);
  // Who takes it up again has not wanted it: what it may do stays as it was. [O45]
  const payload = { taskId: task.id, ...(work === undefined ? {} : { origin: work.origin }) };
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

function startAgain(accepting: Accepting, { definition, run }: KnownRun): CommandRefusal | undefined {
  const isOver = run.status !== "running" && run.status !== "paused" && run.status !== "compensating";
  if (!isOver || run.status === "completed") return notFailed(run.runId, run.status);
  createRun(accepting, definition, run.inputs);
  return undefined;
}
