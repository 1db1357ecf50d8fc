import { taskStates } from "@kingly/store";
import { cutTitle } from "../cut-text.ts";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import { createTask } from "./accept-task-create.ts";
import { acknowledge } from "../steps/acknowledge.ts";
import type { Acceptor } from "./accepting.ts";

/** Queues the split of a task. `auto` is the task of this turn; without one it is created, then split. [O4] */
export const acceptTaskSplit: Acceptor<"task_split"> = (command, accepting) => {
  const { back, unit, workspaceId, cid, autoTaskId } = accepting;
  const reason = command.reason ?? "";
  let taskId = command.task_id === "auto" ? autoTaskId : command.task_id;
  const task = taskId === undefined ? undefined : back.store.tasks.get(workspaceId, taskId, unit);
  if (taskId === undefined || (task === undefined && command.task_id === "auto")) {
    taskId = createTask(accepting, cutTitle(reason, 200) || "Untitled task");
  } else if (task === undefined) {
    return {
      code: "unknown_task",
      message: `There is no task ${taskId}.`,
      recovery: "Name a task of the list, or create it first.",
    };
  } else if (!taskStates[task.status].includes("split")) {
    return {
      code: "not_splittable",
      message: `${taskId} is ${task.status}.`,
      recovery: "Name a task that is queued or ready.",
    };
  }
  const { added } = back.queue.add(unit, {
    type: "task_split",
    payload: { taskId, confidence: command.confidence ?? 0.5, reason },
    workspaceId,
    cid,
    priority: priorities.task_split,
    key: jobKey(workspaceId, taskId),
  });
  // The other command's parts answer that one: this one must not wait for them for ever.
  if (!added) {
    return { code: "already_splitting", message: `${taskId} is being split.`, recovery: "Wait for its parts." };
  }
  acknowledge(accepting, "task", `${taskId}:split`);
  return undefined;
};
