import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { cutTitle } from "../cut-text.ts";
import { kindOf } from "../planner/assess.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import { jobKey } from "./job-key.ts";
import { priorities } from "./jobs.ts";
import type { Jobs } from "./jobs.ts";

/** Splits a task into parts, each a task of its own that is assessed in turn. Ids derive from the cid. [O4] */
export function createTaskSplit(back: Back): Handler<Jobs["task_split"], "task_split"> {
  return async (job) => {
    const workspaceId = jobWorkspace(job);
    const { taskId } = job.payload;
    const task = back.store.tasks.get(workspaceId, taskId);
    if (task === undefined) return undefined;
    // Read from the words where nobody has said it yet: the task may be assessed before or after this.
    const intentType = task.intentType ?? kindOf(task.title);
    const parts = await back.planner.split({ title: task.title, intentType });
    return (unit) => {
      const cause = jobCause(job, "system");
      const end = (status: "completed" | "failed"): void => {
        const entityId = `${taskId}:split`;
        const payload = { entity_id: entityId, status, progress: 1 };
        back.store.events.append(
          unit,
          workspaceId,
          { eventType: "status_update", entityType: "task", entityId, payload },
          cause,
        );
      };
      const moved = back.store.tasks.transition(unit, workspaceId, taskId, "split", {}, cause);
      // Cancelled, or ended otherwise, since the command was accepted: there is nothing to split.
      if (!moved.ok) return end("failed");
      for (const [index, part] of parts.entries()) {
        const partId = `task_${job.cid ?? taskId}_${index + 1}`;
        back.store.tasks.create(
          unit,
          {
            id: partId,
            workspaceId,
            title: cutTitle(part.title, 200) || `Part ${index + 1}`,
            parentId: taskId,
            complexity: part.complexity,
            intentType,
          },
          cause,
        );
        back.queue.add(unit, {
          type: "task_create",
          payload: { taskId: partId },
          workspaceId,
          ...(job.cid === null ? {} : { cid: job.cid }),
          priority: priorities.task_create,
          key: jobKey(workspaceId, partId),
        });
      }
      return end("completed");
    };
  };
}
