import { beginAttempt } from "./begin-attempt.ts";
import type { StepDefinition } from "./definition.ts";
import { baseOf, endedStep, isBegun, keptBase } from "./draft.ts";
import type { Draft, Move } from "./draft.ts";
import { evaluateCondition } from "./evaluate-condition.ts";
import { moveItems, openItems } from "./move-items.ts";
import { parseCondition } from "./parse-condition.ts";
import { isEnded } from "./run.ts";
import type { SkipReason, StepRun } from "./run.ts";

/** Finds what a step of a running run does next; undefined when nothing. [W14][W28]
 *
 * A move without starts is recorded at once; one with starts only when nothing else ends in the same walk. */
export function moveStep(draft: Draft, step: StepDefinition): Move | undefined {
  const state = draft.steps[step.id];
  if (state === undefined) return undefined;
  if (state.items !== undefined) return isEnded(state) ? undefined : moveItems(draft, step, state);
  if (state.status !== "pending") return undefined;
  if (!isBegun(state)) {
    // From the end: the need that is written last is mostly the last to pass.
    if (step.needs.findLast((need) => !isPassed(draft.steps[need])) !== undefined) return undefined;
    const reason = skipReason(draft, step);
    if (reason !== undefined) {
      return { state: { status: "skipped", attempt: state.attempt, ...keptBase(state), reason }, start: [] };
    }
    if (step.foreach !== undefined) return openItems(draft, step, step.foreach, state);
  }
  const scope = { inputs: draft.run.inputs, steps: draft.steps };
  const { record, start } = beginAttempt(draft, step, state, baseOf(state), { scope });
  if (start === undefined) return { state: endedStep(draft, step, state, record), start: [] };
  const isFirst = !isBegun(state) && step.stepTimeoutMs !== undefined;
  return {
    state: { ...record, ...keptBase(state) },
    start: [isFirst ? { ...start, stepDeadlineMs: step.stepTimeoutMs } : start],
  };
}

// A failed step with an output is one that its definition lets the run go past.
function isPassed(step: StepRun | undefined): boolean {
  if (step?.status === "failed") return step.output !== undefined;
  return step?.status === "completed" || step?.status === "skipped";
}

function skipReason(draft: Draft, step: StepDefinition): SkipReason | undefined {
  if (step.when === undefined) {
    const { needs } = step;
    const left = needs.length > 0 && needs.every((need) => draft.steps[need]?.status === "skipped");
    return left ? "needs_skipped" : undefined;
  }
  const parsed = parseCondition(step.when);
  // A checked definition holds no condition that cannot be read.
  const holds = parsed.ok && evaluateCondition(parsed.condition, { inputs: draft.run.inputs, steps: draft.steps });
  return holds ? undefined : "when";
}
