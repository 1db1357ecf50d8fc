import type { StepStart } from "./advance-result.ts";
import { failedAttempt } from "./attempt-ends.ts";
import { beginAttempt } from "./begin-attempt.ts";
import type { Foreach, StepDefinition } from "./definition.ts";
import { baseOf, endedStep, keptBase } from "./draft.ts";
import type { Draft, Move } from "./draft.ts";
import type { Json } from "./json.ts";
import { takeReference } from "./resolve.ts";
import type { Resolved } from "./resolve.ts";
import { isEnded, isInFlight } from "./run.ts";
import type { AttemptRun, StepRun } from "./run.ts";
import { onlyReference } from "./template.ts";

/** Begins a step with `foreach`: takes its list and starts the first items. [W37] */
export function openItems(draft: Draft, step: StepDefinition, foreach: Foreach, state: StepRun): Move | undefined {
  const list = listOf(draft, foreach);
  if (!list.ok) {
    const failed = failedAttempt(state.attempt + 1, list.error);
    return { state: endedStep(draft, step, state, failed), start: [] };
  }
  const itemCount = list.value.length;
  return moveItems(draft, step, {
    status: "running",
    attempt: state.attempt,
    ...keptBase(state),
    itemCount,
    items: [],
  });
}

/** Starts items up to the concurrency, and ends the step when all its items have ended. [W37][W38] */
export function moveItems(draft: Draft, step: StepDefinition, state: StepRun): Move | undefined {
  const { foreach } = step;
  const { items: before = [], itemCount = 0 } = state;
  if (foreach === undefined) return undefined;
  if (isHalted(foreach, before)) {
    const items = closeItems(step, before);
    if (!items.some(isInFlight)) return { state: endedItems(draft, step, { ...state, items }), start: [] };
    return items.every((item, index) => item === before[index]) ? undefined : { state: { ...state, items }, start: [] };
  }
  const base = baseOf(state);
  const list = listOf(draft, foreach);
  const items = [...before];
  const start: StepStart[] = [];
  let inFlight = items.filter(isInFlight).length;
  let endedNow = false;
  for (let index = 0; index < itemCount && inFlight < foreach.concurrency; index += 1) {
    const was: AttemptRun = items[index] ?? { status: "pending", attempt: base };
    if (was.status !== "pending") continue;
    const item: Json = (list.ok ? list.value[index] : undefined) ?? null;
    const scope = { inputs: draft.run.inputs, steps: draft.steps, item, index };
    const begun = beginAttempt(draft, step, was, base, { item: index, scope });
    items[index] = begun.record;
    if (begun.start === undefined) endedNow = true;
    else {
      start.push(begun.start);
      inFlight += 1;
    }
    if (isHalted(foreach, items)) break;
  }
  if (endedNow) {
    // What ended is recorded first, by itself; the starts beside it wait for the next walk, or are not made at all.
    for (const { item = 0 } of start) items[item] = before[item] ?? { status: "pending", attempt: base };
    return { state: withItems(state, items), start: [] };
  }
  if (start.length > 0) {
    const [first, ...others] = start;
    const isFirst = before.length === 0 && step.stepTimeoutMs !== undefined && first !== undefined;
    return {
      state: withItems(state, items),
      start: isFirst ? [{ ...first, stepDeadlineMs: step.stepTimeoutMs }, ...others] : start,
    };
  }
  return items.length === itemCount && items.every(isEnded)
    ? { state: endedItems(draft, step, state), start: [] }
    : undefined;
}

/** Writes items into the record of their step, whose attempt is the highest of theirs. */
export function withItems(state: StepRun, items: readonly AttemptRun[]): StepRun {
  return { ...state, attempt: Math.max(state.attempt, ...items.map((item) => item.attempt)), items };
}

/** Ends what nobody waits for any longer: items not begun are skipped, waits and approvals in flight cancelled. [W38][W41] */
export function closeItems(step: StepDefinition, items: readonly AttemptRun[]): readonly AttemptRun[] {
  return items.map((item) => {
    if (item.status === "pending") {
      const { attempt, error } = item;
      return error === undefined ? { status: "skipped", attempt } : failedAttempt(attempt, error);
    }
    return isIdle(step, item) ? cancelledAttempt(item.attempt) : item;
  });
}

/** Tells whether an attempt in flight does nothing but wait. */
export function isIdle(step: StepDefinition, attempt: AttemptRun): boolean {
  return isInFlight(attempt) && (step.kind === "wait" || step.kind === "approve");
}

/** The record of a wait or an approval that the end of its run or step has ended. */
export function cancelledAttempt(attempt: number): AttemptRun {
  return failedAttempt(attempt, { code: "cancelled", message: "Nothing waits for it any longer." });
}

/** Ends a step whose items have all ended: the list of their outputs, or the failure of the first that failed. [W37][W38] */
export function endedItems(draft: Draft, step: StepDefinition, state: StepRun): StepRun {
  const { items = [], itemCount = 0, attempt } = state;
  const failedAt = items.findIndex((item) => item.status === "failed");
  const isWhole = items.length === itemCount && items.every((item) => item.status !== "skipped" && isEnded(item));
  if (isWhole && (failedAt < 0 || step.foreach?.onItemFailure === "continue")) {
    const output = items.map((item) => item.output ?? null);
    const bare = items.map(({ output: _output, ...item }) => item);
    // Each item's output was measured; the list around them may nest one level deeper.
    return { ...endedStep(draft, step, state, { status: "completed", attempt, output }), itemCount, items: bare };
  }
  const error = items[failedAt]?.error ?? { code: "cancelled", message: "The run ended before all items were done." };
  const place = failedAt < 0 ? "" : `Item ${failedAt + 1} of ${itemCount}: `;
  const failed = failedAttempt(attempt, { code: error.code, message: place + error.message });
  return { ...endedStep(draft, step, state, failed), itemCount, items };
}

/** The list of a `foreach`; null is an empty one. */
export function listOf(draft: Draft, foreach: Foreach): Resolved<readonly Json[]> {
  const reference = onlyReference(foreach.in);
  // A checked definition has exactly one reference there.
  if (reference === undefined) return { ok: true, value: [] };
  const taken = takeReference(reference, { inputs: draft.run.inputs, steps: draft.steps });
  if (!taken.ok) return taken;
  const list = taken.value ?? [];
  if (!Array.isArray(list)) {
    return { ok: false, error: { code: "not_a_list", message: `${foreach.in} is not a list.` } };
  }
  if (list.length <= foreach.maxItems) return { ok: true, value: list as readonly Json[] };
  const message = `${foreach.in} has ${list.length} items; ${foreach.maxItems} are allowed.`;
  return { ok: false, error: { code: "too_many_items", message } };
}

/** Tells whether a failed item has ended the handing out of further ones. */
export function isHalted(foreach: Foreach, items: readonly AttemptRun[]): boolean {
  return foreach.onItemFailure === "fail" && items.some((item) => item.status === "failed");
}
