import type { Unit } from "@kingly/sqlite";
import type { Cause, Task } from "@kingly/store";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";
import { queueWork } from "../steps/queue.ts";
import { isFree } from "./is-free.ts";

/** Does what the end of a task means for others: what waited for it begins, and a parent of which all parts have ended
 * ends too. [O43] */
export function endFamily(back: Back, unit: Unit, workspaceId: string, taskId: string, cause: Cause): void {
  for (const { kind, taskId: other, workspaceId: elsewhere } of back.store.relationships.list(
    workspaceId,
    taskId,
    unit,
  )) {
    if (kind !== "blocks" || elsewhere !== undefined) continue;
    const work = back.mind.works.get(workspaceId, other, unit);
    const status = back.store.tasks.get(workspaceId, other, unit)?.status;
    if (work?.status === "planned" && status === "ready" && isFree(back, unit, workspaceId, other)) {
      queueWork(back, unit, workspaceId, other, work.cid);
    }
  }
  endParent(back, unit, workspaceId, taskId, cause);
}

function endParent(back: Back, unit: Unit, workspaceId: string, taskId: string, cause: Cause): void {
  const parentId = back.store.tasks.get(workspaceId, taskId, unit)?.parentId ?? null;
  const parent = parentId === null ? undefined : back.store.tasks.get(workspaceId, parentId, unit);
  if (parent?.status !== "split" || back.mind.works.get(workspaceId, parent.id, unit)?.status !== "split") return;
  const parts = partsOf(back, unit, workspaceId, parent.id);
  if (parts.some(({ status }) => !isOver(status))) return;
  const failed = parts.filter(({ status }) => status !== "completed");
  back.mind.works.patch(unit, workspaceId, parent.id, { status: failed.length === 0 ? "done" : "stopped" });
  if (failed.length === 0) {
    back.store.tasks.transition(unit, workspaceId, parent.id, "completed", {}, cause);
    const payload = {
      task_id: parent.id,
      result: "success",
      next_steps: { next: [], said: `All ${parts.length} parts are done.`, parts: parts.map(({ id }) => id) },
    };
    const event = { eventType: "task_complete", entityType: "task", entityId: parent.id, payload };
    back.store.events.append(unit, workspaceId, event, cause);
  } else {
    back.store.tasks.transition(unit, workspaceId, parent.id, "failed", {}, cause);
    const payload = {
      code: "parts_not_done",
      message: `The task "${cutText(parent.title, 200)}" is not done: ${failed.length} of ${parts.length} parts were cancelled or failed.`,
      recovery: "Look at its parts, and take up what is missing.",
    };
    const event = { eventType: "error", entityType: "task", entityId: parent.id, payload };
    back.store.events.append(unit, workspaceId, event, cause);
  }
  endFamily(back, unit, workspaceId, parent.id, cause);
}

/** The parts of a task, as they stand in this unit. */
export function partsOf(back: Back, unit: Unit, workspaceId: string, parentId: string): readonly Task[] {
  return unit
    .all<{ id: string }>("SELECT id FROM tasks WHERE workspace_id = ? AND parent_id = ?", workspaceId, parentId)
    .flatMap(({ id }) => back.store.tasks.get(workspaceId, id, unit) ?? []);
}

/** Whether nothing comes of a task any more. */
export function isOver(status: Task["status"]): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
