import type { Unit } from "@kingly/sqlite";
import type { Cause } from "@kingly/store";
import type { Back } from "../back.ts";
import { endFamily, isOver, partsOf } from "./end-family.ts";
import { tellUnknown } from "./tell-unknown.ts";

/** Stops the work of a task that was cancelled in this unit, and its parts: the answer that comes and the calls that run
 * are aborted after the commit, what nobody knows the effect of is told, and what waits is asked no more. [O10][O43] */
export function cancelWork(
  back: Back,
  unit: Unit,
  {
    workspaceId,
    taskId,
    reason,
    cause,
  }: { readonly workspaceId: string; readonly taskId: string; readonly reason: string; readonly cause: Cause },
): void {
  const { works } = back.mind;
  const work = works.get(workspaceId, taskId, unit);
  if (work !== undefined) {
    if (work.jobId !== undefined) back.queue.cancel(unit, work.jobId, reason);
    for (const step of works.steps(work, unit)) {
      if (step.kind !== "call") continue;
      const { seq, state, idempotent } = step;
      if (state === "begun" && !idempotent) {
        works.setCall(
          unit,
          work,
          seq,
          "unknown",
          "It was cancelled while it ran; nobody knows whether it took effect.",
        );
        tellUnknown(back, unit, work, seq);
      } else if (state === "asked" || state === "wanted" || state === "approved" || state === "begun") {
        works.setCall(unit, work, seq, "dropped", "It was cancelled.");
      }
    }
    works.patch(unit, workspaceId, taskId, { status: "cancelled" });
    if (work.status === "split") {
      for (const part of partsOf(back, unit, workspaceId, taskId)) {
        if (isOver(part.status)) continue;
        back.store.tasks.transition(unit, workspaceId, part.id, "cancelled", {}, cause);
        cancelWork(back, unit, { workspaceId, taskId: part.id, reason, cause });
      }
    }
  }
  endFamily(back, unit, workspaceId, taskId, cause);
}
