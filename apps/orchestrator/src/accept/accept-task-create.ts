import { levelToNumber } from "@kingly/codec";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import type { Cause } from "@kingly/store";
import type { WorkOrigin } from "../mind/work.ts";
import type { Accepting, Acceptor } from "./accepting.ts";

/** Creates the task, queued, and the job that assesses it. Its id derives from the cid: a repeat makes no second one. [O3] */
export const acceptTaskCreate: Acceptor<"task_create"> = (command, accepting) => {
  createTask(
    accepting,
    command.title,
    command.intent_type,
    command.complexity === undefined ? undefined : levelToNumber(command.complexity),
  );
  return undefined;
};

/** Creates a task of this command and queues its assessment. */
export function createTask(
  { back, unit, workspaceId, cid, cause, turnId }: Accepting,
  title: string,
  intentType?: string,
  complexity?: number,
): string {
  const taskId = taskIdOf(cid);
  back.store.tasks.create(
    unit,
    {
      id: taskId,
      workspaceId,
      title,
      ...(intentType === undefined ? {} : { intentType }),
      ...(turnId === undefined ? {} : { intentSource: `utterance:${turnId}` }),
      ...(complexity === undefined ? {} : { complexity: Math.min(1, Math.max(0, complexity)) }),
    },
    cause,
  );
  back.queue.add(unit, {
    type: "task_create",
    payload: { taskId, ...originOf(cause) },
    workspaceId,
    cid,
    priority: priorities.task_create,
    key: jobKey(workspaceId, taskId),
  });
  return taskId;
}

// What a model wants allows less than what a person wants. [O45]
function originOf({ origin }: Cause): { readonly origin?: WorkOrigin } {
  if (origin === "user" || origin === "reflex") return {};
  return { origin: origin === "model" ? "model" : "workflow" };
}

/** The id of the task that a command creates. */
export function taskIdOf(cid: string): string {
  return `task_${cid}`;
}
