import type { Definition } from "./definition.ts";
import { isClosed } from "./draft.ts";
import { isHalted } from "./move-items.ts";
import type { Outcome, StartRef } from "./outcome.ts";
import { isInFlight } from "./run.ts";
import type { Run } from "./run.ts";

/** Lists every start of a run that is not answered yet, in the order of the definition. */
export function inFlight(run: Run): readonly StartRef[] {
  const found: StartRef[] = [];
  for (const [stepId, step] of Object.entries(run.steps)) {
    if (step.items !== undefined) {
      for (const [item, { status, attempt }] of step.items.entries()) {
        if (isInFlight({ status })) found.push({ stepId, attempt, item });
      }
    } else if (isInFlight(step)) found.push({ stepId, attempt: step.attempt });
    const { undo } = step;
    if (undo?.status !== "running" && undo?.status !== "waiting_retry") continue;
    const item = undo.item === undefined ? {} : { item: undo.item };
    found.push({ stepId, attempt: undo.attempt, ...item, compensates: true });
  }
  return found;
}

/** Finds the starts whose work has become unwanted: those that ended without an answer of their own, and those that
 * still must be answered although their run has broken off or their step's items have failed. [W41] */
export function listStops(definition: Definition, before: Run, after: Run, answered?: Outcome): readonly StartRef[] {
  const own = answered?.kind === "completed" || answered?.kind === "failed" ? answered : undefined;
  return inFlight(before).filter((ref) => {
    if (!isAwaited(after, ref)) return own === undefined || !isSame(own, ref);
    return isUnwanted(definition, after, ref) && !isUnwanted(definition, before, ref);
  });
}

/** Tells whether an answer to this start is still awaited; an answer to any other is stale. [W15] */
export function isAwaited({ steps }: Run, { stepId, attempt, item, compensates }: StartRef): boolean {
  const step = steps[stepId];
  if (compensates === true) {
    const { undo } = step ?? {};
    const isOpen = undo?.status === "running" || undo?.status === "waiting_retry";
    return isOpen && undo.attempt === attempt && undo.item === item;
  }
  const part = item === undefined ? step : step?.items?.[item];
  return part !== undefined && isInFlight(part) && part.attempt === attempt;
}

function isSame(one: StartRef, other: StartRef): boolean {
  const { stepId, attempt, item, compensates } = other;
  return one.stepId === stepId && one.attempt === attempt && one.item === item && one.compensates === compensates;
}

function isUnwanted(definition: Definition, run: Run, { stepId }: StartRef): boolean {
  if (isClosed(run)) return true;
  const items = run.steps[stepId]?.items;
  if (items === undefined) return false;
  const foreach = definition.steps.find((step) => step.id === stepId)?.foreach;
  return foreach !== undefined && isHalted(foreach, items);
}
