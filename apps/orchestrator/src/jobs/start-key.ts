import type { StartRef } from "@kingly/workflow";
import { jobKey } from "./job-key.ts";

/** What a start is called among all starts of its run: step, item, attempt, and whether it undoes. */
export function startName({ stepId, item, attempt, compensates }: StartRef): readonly (string | number)[] {
  return [stepId, ...(item === undefined ? [] : [`i${item}`]), attempt, ...(compensates === true ? ["undo"] : [])];
}

/** The key of the job that does a start. */
export function startKey(workspaceId: string, runId: string, ref: StartRef): string {
  return jobKey(workspaceId, runId, ...startName(ref));
}

/** The key of the job that tells that the time of a start, or of its whole step, is over. */
export function deadlineKey(workspaceId: string, runId: string, ref: StartRef, of: "attempt" | "step"): string {
  return of === "attempt"
    ? jobKey(workspaceId, runId, ...startName(ref), "late")
    : jobKey(workspaceId, runId, ref.stepId, "late");
}

/** The start alone, without what belongs to its work. */
export function refOf({ stepId, attempt, item, compensates }: StartRef): StartRef {
  return {
    stepId,
    attempt,
    ...(item === undefined ? {} : { item }),
    ...(compensates === undefined ? {} : { compensates }),
  };
}
