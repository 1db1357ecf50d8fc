import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { cutTitle } from "../cut-text.ts";
import { kindOf } from "../planner/assess.ts";
import { placeOf, queue } from "../steps/queue.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import { jobKey } from "./job-key.ts";
import { priorities } from "./jobs.ts";
import type { Jobs } from "./jobs.ts";

/** Splits a task into parts, each a task of its own that is assessed in turn. Ids derive from the cid. [O4] */
export function createTaskSplit(back: Back): Handler<Jobs["task_split"], "task_split"> {
  return async (job, { signal }) => {
    const workspaceId = jobWorkspace(job);
    const { taskId, auto = false } = job.payload;
    const task = back.store.tasks.get(workspaceId, taskId);
    if (task === undefined) return undefined;
    // Read from the words where nobody has said it yet: the task may be assessed before or after this.
    const intentType = task.intentType ?? kindOf(task.title);
    const given = await back.planner.split({ title: task.title, intentType }, { workspaceId, signal });
    const parts = given.slice(0, back.mind.settings.taskWork.maxParts);
    const idOf = (place: number): string => `${auto ? taskId : `task_${job.cid ?? taskId}`}_${place + 1}`;
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
      const { mind } = back;
      const known = mind.works.get(workspaceId, taskId, unit);
      const place = known ?? placeOf(back, task, "person", unit);
      // Parts of parts multiply: where they would be too many, the task is worked as it is.
      const { maxTasks } = mind.settings.taskWork;
      const now = back.store.tasks.get(workspaceId, taskId, unit);
      if (
        auto &&
        now?.status === "ready" &&
        mind.works.countTasks(workspaceId, place.rootId, unit) + parts.length > maxTasks
      ) {
        const brain = mind.brains.nameFor("work") ?? "rules";
        return queue(back, unit, now, { plan: { kind: "work", brain }, place, cause });
      }
      const moved = back.store.tasks.transition(unit, workspaceId, taskId, "split", {}, cause);
      // Cancelled, or ended otherwise, since the command was accepted: there is nothing to split.
      if (!moved.ok) return end("failed");
      if (mind.brains.has("work")) {
        // Its parts are worked: what they cost and when it ends is counted from here.
        mind.works.plan(unit, {
          workspaceId,
          taskId,
          rootId: place.rootId,
          depth: place.depth,
          origin: place.origin,
          cid: job.cid ?? undefined,
          turnId: known?.turnId,
          status: "split",
          brain: "rules",
        });
      }
      for (const [index, part] of parts.entries()) {
        const partId = idOf(index);
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
        for (const other of part.after ?? []) {
          if (other >= index) continue;
          const relationship = { from: idOf(other), kind: "blocks", to: partId } as const;
          back.store.relationships.relate(unit, workspaceId, relationship, cause);
        }
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
