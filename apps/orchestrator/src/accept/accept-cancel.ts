import { cutText } from "../cut-text.ts";
import { cancelRun } from "../jobs/cancel-run.ts";
import { cancelWork } from "../mind/cancel-work.ts";
import { readRun } from "../jobs/read-run.ts";
import { acknowledge, complete } from "../steps/acknowledge.ts";
import type { Acceptor, CommandRefusal } from "./accepting.ts";

/** Cancels a task or a run that is not over. Of a run, nothing more starts, and what runs is stopped. [O10] */
export const acceptCancel: Acceptor<"cancel"> = (command, accepting) => {
  const { back, unit, workspaceId, cause } = accepting;
  const reason = cutText(command.reason ?? "the person asked for it", 500);
  const known = readRun(back.store, workspaceId, command.target_id, unit);
  if (known !== undefined) {
    if (known.run.status !== "running" && known.run.status !== "paused")
      return over(command.target_id, known.run.status);
    acknowledge(accepting, "run", `${command.target_id}:cancel`);
    cancelRun({ back, unit, workspaceId, cause }, known, reason);
    complete(accepting, "run", `${command.target_id}:cancel`);
    return undefined;
  }
  const task = back.store.tasks.get(workspaceId, command.target_id, unit);
  if (task === undefined) {
    return {
      code: "unknown_target",
      message: `There is nothing called ${command.target_id}.`,
      recovery: "Name a task or a run of the list.",
    };
  }
  const moved = back.store.tasks.transition(unit, workspaceId, task.id, "cancelled", {}, cause);
  if (!moved.ok || task.status === "cancelled") return over(task.id, task.status);
  acknowledge(accepting, "task", `${task.id}:cancel`);
  cancelWork(back, unit, { workspaceId, taskId: task.id, reason, cause });
  complete(accepting, "task", `${task.id}:cancel`);
  return undefined;
};

function over(id: string, status: string): CommandRefusal {
  return { code: "already_over", message: `${id} is ${status}.`, recovery: "There is nothing to stop." };
}
