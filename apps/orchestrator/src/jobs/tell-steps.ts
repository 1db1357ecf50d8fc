import type { Advance } from "@kingly/workflow";
import { approvalId } from "./approval-id.ts";
import type { AdvanceContext } from "./follow-up.ts";

const progressOf: Readonly<Record<string, number>> = { completed: 1, failed: 1, skipped: 1 };
const undoWords: Readonly<Record<string, string>> = {
  completed: "compensated",
  failed: "compensation_failed",
};

/** Tells each step that changed, and each question that waits for a person by the id that decides it. [O11][O23] */
export function tellSteps({ back, unit, workspaceId, cause }: AdvanceContext, { run, changed, start }: Advance): void {
  const tell = (entityId: string, status: string, progress: number): void => {
    const payload = { entity_id: entityId, status, progress };
    const event = { eventType: "status_update", entityType: "step", entityId, payload };
    back.store.events.append(unit, workspaceId, event, cause);
  };
  for (const { stepId, status, undo } of changed) {
    // Whether it took effect is the first thing that a person must know of it.
    const isUnknown = status === "failed" && run.steps[stepId]?.error?.code === "unknown";
    const plain = isUnknown ? "unknown" : status;
    const word = undo === undefined ? plain : (undoWords[undo] ?? "compensating");
    tell(`${run.runId}.${stepId}`, word, progressOf[status] ?? 0);
  }
  for (const asked of start) {
    if (asked.hash !== undefined) tell(approvalId(run.runId, asked, asked.hash), "waiting_approval", 0);
  }
}
