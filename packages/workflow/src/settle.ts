import type { Advance, StepChange } from "./advance-result.ts";
import { breakIfFailed, closeSteps, mayUndo } from "./close-run.ts";
import type { Draft, Move } from "./draft.ts";
import { isClosed } from "./draft.ts";
import type { Json } from "./json.ts";
import { listStops } from "./list-stops.ts";
import { moveStep } from "./move-step.ts";
import type { Outcome } from "./outcome.ts";
import { takeReference } from "./resolve.ts";
import { isEnded } from "./run.ts";
import type { Run, StepRun } from "./run.ts";
import { onlyReference } from "./template.ts";
import { undoSteps } from "./undo-steps.ts";

/** Brings a run to rest after one change: starts what may start, ends what must end, and tells the difference.
 *
 * A step that cannot take its references fails at once as its next attempt, which may end the run; only when nothing
 * more ends by itself are the ready steps started. [W14][W17] */
export function settle(draft: Draft, before: Run, answered?: Outcome): Advance {
  while (draft.run.status === "running") {
    breakIfFailed(draft);
    if (draft.run.status === "running" && !walk(draft)) break;
  }
  if (isClosed(draft.run)) {
    closeSteps(draft);
    const isPlain = draft.run.status === "failed" || draft.run.status === "cancelled";
    if (isPlain && mayUndo(draft)) draft.run = { ...draft.run, status: "compensating" };
    if (draft.run.status === "compensating") undoSteps(draft);
  }
  const steps = draft.definition.steps.map(({ id }) => draft.steps[id]);
  draft.run = { ...draft.run, steps: draft.steps, progress: sum(steps.map(shareOf)) / steps.length };
  if (draft.run.status === "running" && steps.every((step) => step !== undefined && isEnded(step))) {
    draft.run = { ...draft.run, status: "completed", outputs: takeOutputs(draft) };
  }
  const { run, start } = draft;
  return { run, start, stop: listStops(draft.definition, before, run, answered), changed: listChanges(draft, before) };
}

// Goes through the steps once. True when one of them ended by itself, so that others may follow; only when none did are
// the starts handed out.
function walk(draft: Draft): boolean {
  const starting: [string, Move][] = [];
  let ended = false;
  for (const step of draft.definition.steps) {
    const move = moveStep(draft, step);
    if (move === undefined) continue;
    if (move.start.length > 0) starting.push([step.id, move]);
    else {
      draft.steps[step.id] = move.state;
      ended = true;
    }
  }
  if (ended) return true;
  for (const [id, move] of starting) {
    draft.steps[id] = move.state;
    draft.start.push(...move.start);
  }
  return false;
}

function shareOf(step: StepRun | undefined): number {
  if (step === undefined || isEnded(step)) return 1;
  if (step.items === undefined || step.itemCount === undefined) return 0;
  return step.items.filter(isEnded).length / step.itemCount;
}

function sum(shares: readonly number[]): number {
  return shares.reduce((total, share) => total + share, 0);
}

// All work is done by now: an output that leads nowhere is null, it does not undo the run.
function takeOutputs({ definition, run, steps }: Draft): Readonly<Record<string, Json>> {
  const outputs = Object.entries(definition.outputs).map(([name, text]): [string, Json] => {
    const reference = onlyReference(text);
    if (reference === undefined) return [name, null];
    const taken = takeReference(reference, { inputs: run.inputs, steps });
    return [name, taken.ok ? taken.value : null];
  });
  return Object.fromEntries(outputs);
}

function listChanges({ definition, steps }: Draft, before: Run): Advance["changed"] {
  const changed: StepChange[] = [];
  for (const { id } of definition.steps) {
    const was = before.steps[id];
    const is = steps[id];
    if (is === undefined || is === was) continue;
    const undo = is.undo?.status === was?.undo?.status ? undefined : is.undo?.status;
    if (is.status === was?.status && is.attempt === was.attempt && undo === undefined) continue;
    changed.push({ stepId: id, status: is.status, ...(undo === undefined ? {} : { undo }) });
  }
  return changed;
}
