import type { Unit } from "@kingly/sqlite";
import type { Cause } from "@kingly/store";
import type { Json } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { cutTitle } from "../cut-text.ts";
import { jobKey } from "./job-key.ts";
import { priorities } from "./jobs.ts";

const maxTasks = 50;

/** Does a `task` step inside the unit that ends it: creates the tasks it was given and returns their ids. [O13]
 *
 * Ids derive from the run and the step, so that a repeat creates nothing twice. */
export function createStepTasks(
  {
    back,
    unit,
    workspaceId,
    cause,
  }: { readonly back: Back; readonly unit: Unit; readonly workspaceId: string; readonly cause: Cause },
  stepKey: string,
  input: Json,
): Json {
  const given: Readonly<Record<string, unknown>> =
    typeof input === "object" && input !== null ? Object.fromEntries(Object.entries(input)) : {};
  const listed = given["tasks"];
  const tasks: readonly unknown[] = Array.isArray(listed) ? listed.slice(0, maxTasks) : [];
  const ids: string[] = [];
  for (const [index, task] of tasks.entries()) {
    const fields: Readonly<Record<string, unknown>> =
      typeof task === "object" && task !== null ? { ...task } : { title: task };
    const { title, complexity } = fields;
    const fitting = typeof title === "string" ? cutTitle(title, 200) : "";
    if (fitting === "") continue;
    const id = `task_${stepKey}_${index + 1}`;
    back.store.tasks.create(
      unit,
      {
        id,
        workspaceId,
        title: fitting,
        ...(typeof complexity === "number" ? { complexity: Math.min(1, Math.max(0, complexity)) } : {}),
      },
      cause,
    );
    back.queue.add(unit, {
      type: "task_create",
      payload: { taskId: id, origin: "workflow" },
      workspaceId,
      ...(cause.cid === undefined ? {} : { cid: cause.cid }),
      priority: priorities.task_create,
      key: jobKey(workspaceId, id),
    });
    ids.push(id);
  }
  return { ids };
}
