import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

/** Assesses a new task and routes it: `tr#cid:`. The task then rests at `ready`; nothing pretends that it was done. [O3] */
export function createTaskCreate(back: Back): Handler<Jobs["task_create"], "task_create"> {
  return async (job) => {
    const workspaceId = jobWorkspace(job);
    const { taskId } = job.payload;
    const task = back.store.tasks.get(workspaceId, taskId);
    if (task === undefined) return undefined;
    const opinion = await back.planner.assess({
      title: task.title,
      complexity: task.complexity,
      ...(task.intentType === null ? {} : { intentType: task.intentType }),
    });
    return (unit) => {
      const now = back.store.tasks.get(workspaceId, taskId, unit);
      // Cancelled meanwhile: there is nothing to route.
      if (now === undefined || now.status === "cancelled") return;
      const cause = jobCause(job, "system");
      const { intentType, complexity, confidence, routing } = opinion;
      back.store.tasks.update(
        unit,
        workspaceId,
        taskId,
        { intentType, complexity, confidence, routingDecision: routing },
        cause,
      );
      if (now.status === "queued") back.store.tasks.transition(unit, workspaceId, taskId, "ready", {}, cause);
      back.store.events.append(
        unit,
        workspaceId,
        {
          eventType: "task_ready",
          entityType: "task",
          entityId: taskId,
          payload: { task_id: taskId, confidence, routing },
        },
        cause,
      );
    };
  };
}
