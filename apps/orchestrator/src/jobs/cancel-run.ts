import { advance } from "@kingly/workflow";
import type { Run, StepError, StepRun } from "@kingly/workflow";
import { applyAdvance } from "./apply-advance.ts";
import type { AdvanceContext } from "./apply-advance.ts";
import { jobKey } from "./job-key.ts";

/** Cancels a run: its jobs leave the queue, calls that run are stopped after the commit, each such step is ended. [O10] */
export function cancelRun(context: AdvanceContext, run: Run, reason: string): void {
  let next = advance(context.definition, run, { kind: "cancelled", reason });
  const changed = [...next.changed];
  for (const [stepId, step] of Object.entries(next.run.steps)) {
    if (step.status !== "running" && step.status !== "waiting_retry") continue;
    const error = stopStep(context, run.runId, stepId, step, reason);
    const { attempt } = step;
    next = advance(context.definition, next.run, { kind: "failed", stepId, attempt, error, retryable: false });
    changed.push(...next.changed);
  }
  applyAdvance(context, run, { run: next.run, start: [], stop: [], changed });
}

/** Takes the job of a step in flight out of the queue; says how the step ended by that. */
function stopStep(context: AdvanceContext, runId: string, stepId: string, step: StepRun, reason: string): StepError {
  const { back, unit, workspaceId, definition } = context;
  const { attempt } = step;
  // Adding under the key of a living job gives its id and adds nothing; the queue has no other way to find it.
  const { id } = back.queue.add(unit, {
    type: "workflow_step",
    payload: { runId, start: { stepId, attempt, kind: "wait", delayMs: 0, input: {} } },
    workspaceId,
    key: jobKey(workspaceId, runId, stepId, attempt),
  });
  const mayHaveBegun = back.queue.get(id)?.status === "running";
  back.queue.cancel(unit, id, reason);
  const described = definition.steps.find((each) => each.id === stepId);
  if (mayHaveBegun && described?.kind === "mcp" && !described.idempotent) {
    const message = "The call was running when the run was cancelled; nobody knows whether it took effect.";
    return { code: "unknown", message };
  }
  return { code: "cancelled", message: reason };
}
