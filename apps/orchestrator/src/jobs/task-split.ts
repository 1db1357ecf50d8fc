import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import { priorities } from "./jobs.ts";
import type { Jobs } from "./jobs.ts";

/** Splits a task into parts, each a task of its own that is assessed in turn. Ids derive from the cid. [O4] */
export function createTaskSplit(back: Back): Handler<Jobs["task_split"], "task_split"> {
  return async (job) => {
    const workspaceId = jobWorkspace(job);
    const { taskId } = job.payload;
    const task = back.store.tasks.get(workspaceId, taskId);
    if (task === undefined) return undefined;
    const parts = await back.planner.split({ title: task.title, intentType: task.intentType ?? "general" });
    return (unit) => {
      const cause = jobCause(job, "system");
      const done = (status: "completed" | "failed"): void =>
        void back.store.events.append(
          unit,
          workspaceId,
          {
            eventType: "status_update",
            entityType: "task",
            entityId: `${taskId}:split`,
            payload: { entity_id: `${taskId}:split`, status, progress: 1 },
          },
          cause,
        );
      const moved = back.store.tasks.transition(unit, workspaceId, taskId, "split", {}, cause);
      if (!moved.ok) return done("failed");
      for (const [index, part] of parts.entries()) {
        const partId = `task_${job.cid ?? taskId}_${index + 1}`;
        back.store.tasks.create(
          unit,
          {
            id: partId,
            workspaceId,
            title: part.title,
            parentId: taskId,
            complexity: part.complexity,
            ...(task.intentType === null ? {} : { intentType: task.intentType }),
          },
          cause,
        );
        back.queue.add(unit, {
          type: "task_create",
          payload: { taskId: partId },
          workspaceId,
          ...(job.cid === null ? {} : { cid: job.cid }),
          priority: priorities.task_create,
          key: `assess:${partId}`,
        });
      }
      return done("completed");
    };
  };
}
