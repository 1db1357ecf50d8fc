import { failedAttempt, unknownEffect } from "./attempt-ends.ts";
import type { StepDefinition } from "./definition.ts";
import { baseOf, endedStep, isBegun, keptBase } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { cancelledAttempt, closeItems, endedItems, isIdle } from "./move-items.ts";
import { isEnded, isInFlight } from "./run.ts";
import type { StepRun } from "./run.ts";

/** Fails a running run when a step has failed for good and its definition does not let the run go past it. [W17] */
export function breakIfFailed(draft: Draft): void {
  for (const { id } of draft.definition.steps) {
    const step = draft.steps[id];
    if (step?.status !== "failed" || step.output !== undefined || step.error === undefined) continue;
    draft.run = { ...draft.run, status: "failed", error: { ...step.error, stepId: id } };
    return;
  }
}

/** Ends in a run that has broken off whatever does not wait for an answer. [W17][W41] */
export function closeSteps(draft: Draft): void {
  for (const step of draft.definition.steps) {
    const state = draft.steps[step.id];
    if (state !== undefined && !isEnded(state)) draft.steps[step.id] = closeStep(draft, step, state);
  }
}

/** Tells whether a run that has just broken off has something to undo, or may have once all in flight is answered. [W42] */
export function mayUndo(draft: Draft): boolean {
  return draft.definition.steps.some((step) => {
    const state = draft.steps[step.id];
    if (step.compensate === undefined || state === undefined) return false;
    const parts = state.items ?? [state];
    const isDone = state.status === "completed" || isInFlight(state);
    return isDone || parts.some((part) => part.status === "completed" || part.error?.code === unknownEffect);
  });
}

function closeStep(draft: Draft, step: StepDefinition, state: StepRun): StepRun {
  if (state.items !== undefined) {
    const items = closeItems(step, state.items);
    return items.some(isInFlight) ? { ...state, items } : endedItems(draft, step, { ...state, items });
  }
  if (isIdle(step, state)) return endedStep(draft, step, state, cancelledAttempt(state.attempt));
  if (state.status !== "pending") return state;
  // Its last attempt would have been repeated, in a run that went on. [W19]
  if (isBegun(state) && state.error !== undefined) {
    return endedStep(draft, step, state, failedAttempt(state.attempt, state.error));
  }
  return { status: "skipped", attempt: baseOf(state), ...keptBase(state), reason: "run_ended" };
}
