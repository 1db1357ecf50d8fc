import { advance, isAwaited } from "@kingly/workflow";
import type { Definition, Run, StartRef, StepError } from "@kingly/workflow";
import { childRunId } from "./begin-child.ts";
import type { AdvanceContext, FollowUp } from "./follow-up.ts";
import { readRun } from "./read-run.ts";
import { deadlineKey, refOf, startKey } from "./start-key.ts";

/** Stops the work of a start that nobody wants any longer, and answers it where an answer is still awaited. [O10][O22]
 *
 * After a cancel what runs is aborted; in a run that failed by itself, calls that have begun may end, so that it is
 * known whether they took effect. */
export function stopStart(
  context: AdvanceContext,
  definition: Definition,
  run: Run,
  ref: StartRef,
): readonly FollowUp[] {
  const { back, unit } = context;
  const step = definition.steps.find(({ id }) => id === ref.stepId);
  const action = ref.compensates === true ? step?.compensate : step;
  const reason = run.error?.message ?? "Its time is over.";
  if (action?.kind === "workflow") return stopChild(context, run, ref, reason);
  const id = livingJob(context, run.runId, ref);
  const isRunning = back.queue.get(id)?.status === "running";
  const isCancelled = run.error !== undefined && run.error.stepId === undefined;
  const awaited = isAwaited(run, ref);
  if (isRunning && awaited && !isCancelled) return [];
  back.queue.cancel(unit, id, reason);
  if (!awaited) return [];
  const isUnsure = isRunning && action?.kind === "mcp" && !action.idempotent;
  const error: StepError = isUnsure
    ? {
        code: "unknown",
        message: "The call was running when the run was cancelled; nobody knows whether it took effect.",
      }
    : { code: "cancelled", message: reason };
  return [{ kind: "tell", runId: run.runId, outcome: { ...refOf(ref), kind: "failed", error, retryable: false } }];
}

/** Takes the time limits of a start, and of its step once that has ended, out of the queue. */
export function dropDeadlines(context: AdvanceContext, definition: Definition, run: Run, ref: StartRef): void {
  const { back, unit, workspaceId } = context;
  const step = definition.steps.find(({ id }) => id === ref.stepId);
  if (step === undefined) return;
  const drop = (of: "attempt" | "step"): void => {
    const key = deadlineKey(workspaceId, run.runId, ref, of);
    const payload = { runId: run.runId, ref: refOf(ref), of };
    // Adding under the key of a living job gives its id and adds nothing; the queue has no other way to find it.
    const { id } = back.queue.add(unit, { type: "workflow_deadline", payload, workspaceId, key, delayMs: 1000 });
    back.queue.cancel(unit, id, "It ended in time.");
  };
  const action = ref.compensates === true ? step.compensate : step;
  if (action?.timeoutMs !== undefined && ["workflow", "wait", "approve"].includes(action.kind)) drop("attempt");
  const state = run.steps[ref.stepId]?.status;
  const isOver = state === "completed" || state === "failed";
  if (step.stepTimeoutMs !== undefined && isOver && ref.compensates !== true) drop("step");
}

function stopChild(context: AdvanceContext, run: Run, ref: StartRef, reason: string): readonly FollowUp[] {
  const { back, unit, workspaceId } = context;
  const known = readRun(back.store, workspaceId, childRunId(run.runId, ref), unit);
  if (known === undefined) return [];
  const { definition, run: before } = known;
  return [{ kind: "apply", definition, before, next: advance(definition, before, { kind: "cancelled", reason }) }];
}

function livingJob({ back, unit, workspaceId }: AdvanceContext, runId: string, ref: StartRef): number {
  const key = startKey(workspaceId, runId, ref);
  const start = { ...refOf(ref), kind: "wait", delayMs: 0, input: {} } as const;
  // Adding under the key of a living job gives its id and adds nothing; the queue has no other way to find it.
  return back.queue.add(unit, { type: "workflow_step", payload: { runId, start }, workspaceId, key }).id;
}
