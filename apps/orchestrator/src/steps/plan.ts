// Step 4 of command processing: what is to be done with the task now.
import type { Task } from "@kingly/store";
import type { Back } from "../back.ts";
import { planCalls } from "../planner/plan-calls.ts";
import type { Assessment } from "../planner/planner.ts";

/** What follows from an assessment: the task is worked, split, or rests until somebody takes it up. */
export type Plan =
  | { readonly kind: "work"; readonly brain: string }
  | { readonly kind: "split" }
  | { readonly kind: "rest" };

/** Plans a task. With a model it is worked in one go, or split unless it is `maxDepth` deep or its
 * root has `maxTasks` already; without one, what
 * its title says word for word is done by the rules, and all else rests. [O40][O43] */
export function plan(
  back: Back,
  task: Task,
  { routing }: Assessment,
  { depth, tasks }: { readonly depth: number; readonly tasks: number },
): Plan {
  const { brains, settings } = back.mind;
  const brain = brains.nameFor("work");
  if (brain === undefined) {
    return planCalls(task.title) === undefined ? { kind: "rest" } : { kind: "work", brain: "rules" };
  }
  const { maxDepth, maxTasks } = settings.taskWork;
  const maySplit = depth < maxDepth && tasks < maxTasks && brains.has("split");
  return routing === "split" && maySplit ? { kind: "split" } : { kind: "work", brain };
}
