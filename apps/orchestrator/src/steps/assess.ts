// Step 3 of command processing: how complex it is, how sure we are, and so how it is taken.
import type { Task } from "@kingly/store";
import type { Back } from "../back.ts";
import type { Assessment } from "../planner/planner.ts";

/** Assesses a task: from the confidence `oneShotFrom` (0.8) on it is done in one go, below it is split. [O3][O40] */
export async function assess(back: Back, task: Task, signal?: AbortSignal): Promise<Assessment> {
  const opinion = await back.planner.assess(
    {
      title: task.title,
      complexity: task.complexity,
      ...(task.intentType === null ? {} : { intentType: task.intentType }),
    },
    { workspaceId: task.workspaceId, ...(signal === undefined ? {} : { signal }) },
  );
  return { ...opinion, routing: opinion.confidence >= back.mind.settings.oneShotFrom ? "one_shot" : "split" };
}
