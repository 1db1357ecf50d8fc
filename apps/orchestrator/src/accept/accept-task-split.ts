import { priorities } from "../jobs/jobs.ts";
import { createTask } from "./accept-task-create.ts";
import { acknowledge } from "./accepting.ts";
import type { Acceptor } from "./accepting.ts";

/** Queues the split of a task. `auto` is the task of this turn; without one it is created, then split. [O4] */
export const acceptTaskSplit: Acceptor<"task_split"> = (command, accepting) => {
  const { back, unit, workspaceId, cid, autoTaskId } = accepting;
  const reason = command.reason ?? "";
  let taskId = command.task_id;
  if (taskId === "auto") {
    const created = autoTaskId === undefined ? undefined : back.store.tasks.get(workspaceId, autoTaskId, unit);
    taskId = created?.id ?? createTask(accepting, reason === "" ? "Untitled task" : reason);
  } else if (back.store.tasks.get(workspaceId, taskId, unit) === undefined) {
    return {
      code: "unknown_task",
      message: `There is no task ${taskId}.`,
      recovery: "Name a task of the list, or create it first.",
    };
  }
  acknowledge(accepting, "task", `${taskId}:split`);
  back.queue.add(unit, {
    type: "task_split",
    payload: { taskId, confidence: command.confidence ?? 0.5, reason },
    workspaceId,
    cid,
    priority: priorities.task_split,
    key: `split:${taskId}`,
  });
  return undefined;
};
