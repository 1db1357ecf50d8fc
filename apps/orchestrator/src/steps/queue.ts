// Step 5 of command processing: what was planned becomes a job, in the unit that tells of it.
import type { Unit } from "@kingly/sqlite";
import type { Cause, Task } from "@kingly/store";
import type { Back } from "../back.ts";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import { isFree } from "../mind/is-free.ts";
import type { Work, WorkOrigin } from "../mind/work.ts";
import type { Plan } from "./plan.ts";

/** Where the work of a task belongs. */
export interface WorkPlace {
  readonly rootId: string;
  readonly depth: number;
  readonly origin: WorkOrigin;
}

/** Reads where the work of a task belongs: that of a part is its parent's. */
export function placeOf(back: Back, task: Task, origin: WorkOrigin, unit?: Unit): WorkPlace {
  const above = task.parentId === null ? undefined : back.mind.works.get(task.workspaceId, task.parentId, unit);
  if (above === undefined) return { rootId: task.id, depth: 0, origin };
  return { rootId: above.rootId, depth: above.depth + 1, origin: above.origin };
}

/** Queues what is planned for a task; what waits for other tasks is only noted, and queued when they are done. [O40][O43] */
export function queue(
  back: Back,
  unit: Unit,
  task: Task,
  { plan, place, cause }: { readonly plan: Plan; readonly place: WorkPlace; readonly cause: Cause },
): void {
  if (plan.kind === "rest") return;
  back.mind.works.plan(unit, {
    workspaceId: task.workspaceId,
    taskId: task.id,
    ...place,
    cid: cause.cid,
    turnId: cause.turnId,
    status: plan.kind === "split" ? "split" : "planned",
    brain: plan.kind === "work" ? plan.brain : "rules",
  });
  if (plan.kind === "work") {
    if (isFree(back, unit, task.workspaceId, task.id)) queueWork(back, unit, task.workspaceId, task.id, cause.cid);
    return;
  }
  back.queue.add(unit, {
    type: "task_split",
    payload: { taskId: task.id, confidence: task.confidence, reason: "", auto: true },
    workspaceId: task.workspaceId,
    cid: cause.cid,
    priority: priorities.task_split,
    key: jobKey(task.workspaceId, task.id),
  });
}

/** Queues the work of a task. One that works now goes on first; the other then finds what has changed meanwhile. */
export function queueWork(back: Back, unit: Unit, workspaceId: string, taskId: string, cid: Work["cid"]): void {
  back.queue.add(unit, {
    type: "task_work",
    payload: { taskId },
    workspaceId,
    cid,
    priority: priorities.task_work,
    key: jobKey(workspaceId, taskId),
    onDuplicate: "replace",
    concurrencyKey: jobKey("work", workspaceId, taskId),
    maxAttempts: back.mind.settings.taskWork.maxAttempts,
  });
}
