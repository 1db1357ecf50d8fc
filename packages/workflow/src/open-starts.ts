import type { StepStart } from "./advance-result.ts";
import { checkBelongs } from "./advance.ts";
import type { Definition, StepDefinition } from "./definition.ts";
import { openDraft } from "./draft.ts";
import { inFlight } from "./list-stops.ts";
import { listOf } from "./move-items.ts";
import type { StartRef } from "./outcome.ts";
import { prepareStart } from "./prepare-start.ts";
import type { Resolved, Scope } from "./resolve.ts";
import type { Run } from "./run.ts";
import { undoScope } from "./undo-steps.ts";

/** Tells again what was handed out and is not answered: each start in flight, in the order of the definition. [W48]
 *
 * As it was handed out, but for the time that has passed: `delayMs` holds no backoff, and `stepDeadlineMs` is absent. */
export function openStarts(definition: Definition, run: Run): readonly StepStart[] {
  checkBelongs(definition, run);
  return inFlight(run).flatMap((ref): readonly StepStart[] => {
    const step = definition.steps.find((each) => each.id === ref.stepId);
    const scope = step && scopeOf(definition, run, step, ref);
    if (step === undefined || scope?.ok !== true) return [];
    const prepared = prepareStart(step, run, ref, scope.value, 0);
    return prepared.ok ? [prepared.value] : [];
  });
}

function scopeOf(definition: Definition, run: Run, step: StepDefinition, ref: StartRef): Resolved<Scope> {
  const { item } = ref;
  const draft = openDraft(definition, run);
  const state = run.steps[step.id];
  if (ref.compensates === true && state !== undefined) return undoScope(draft, step, state, item);
  const scope = { inputs: run.inputs, steps: run.steps };
  if (item === undefined || step.foreach === undefined) return { ok: true, value: scope };
  const list = listOf(draft, step.foreach);
  return list.ok ? { ok: true, value: { ...scope, item: list.value[item] ?? null, index: item } } : list;
}
