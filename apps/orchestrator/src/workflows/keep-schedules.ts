import type { Unit } from "@kingly/sqlite";
import type { Back } from "../back.ts";
import { priorities } from "../jobs/jobs.ts";

const prefix = "workflow/";

// Definitions belong to the house; what they start by themselves belongs to the workspaces they name, else to the one
// that is always there.
const always = "default";

/** Keeps the schedules of the queue as the definitions say: new ones are added, those of definitions that are gone or
 * broken are taken out, the others stay as they are and miss nothing. A workspace that is named is made. [O37] */
export function keepSchedules(
  { queue, store, workflows }: Pick<Back, "queue" | "store" | "workflows">,
  unit: Unit,
): void {
  const wanted = new Set<string>();
  for (const { id, triggers } of workflows().byId.values()) {
    for (const [index, { cron, inputs = {}, workspaces }] of (triggers.schedule ?? []).entries()) {
      for (const workspaceId of workspaces ?? [always]) {
        const name = `${prefix}${id}/${index}${workspaces === undefined ? "" : `/${workspaceId}`}`;
        wanted.add(name);
        if (workspaces !== undefined) store.workspaces.ensure(unit, { id: workspaceId });
        const payload = { workflowId: id, inputs };
        const priority = priorities.workflow_scheduled;
        queue.schedule(unit, { name, cron, job: { type: "workflow_scheduled", payload, workspaceId, priority } });
      }
    }
  }
  for (const { name } of queue.schedules()) {
    if (name.startsWith(prefix) && !wanted.has(name)) queue.unschedule(unit, name);
  }
}
