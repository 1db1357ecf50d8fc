import { completedAttempt, failedAttempt, isTooDeep } from "./attempt-ends.ts";
import type { StepDefinition } from "./definition.ts";
import { baseOf, endedStep, keptBase } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { endAttempt, timeoutError } from "./end-attempt.ts";
import type { Json } from "./json.ts";
import { listOf, withItems } from "./move-items.ts";
import type { Outcome } from "./outcome.ts";
import { maxSignalName } from "./prepare-start.ts";
import { resolve } from "./resolve.ts";
import { isEnded, isInFlight } from "./run.ts";
import type { AttemptRun, StepRun, UndoRun } from "./run.ts";
import { undoEnded } from "./undo-steps.ts";

/** How many signals a run keeps. */
export const maxSignals = 1000;

type StepOutcome = Exclude<Outcome, { readonly kind: "signalled" | "paused" | "resumed" | "cancelled" }>;
type Answered = Extract<Outcome, { readonly kind: "signalled" }>;

/** Records the answer to a start; false when it is stale: nothing waits for it. [W15] */
export function takeOutcome(draft: Draft, step: StepDefinition, outcome: StepOutcome): boolean {
  const state = draft.steps[step.id];
  if (state === undefined) return false;
  const next =
    outcome.compensates === true
      ? takeUndo(step, state, outcome)
      : outcome.kind === "timed_out" && outcome.of === "step"
        ? takeStepTimeout(draft, step, state, outcome.attempt)
        : takeAttempt(draft, step, state, outcome);
  if (next === undefined) return false;
  draft.steps[step.id] = next;
  return true;
}

/** Keeps a signal, and completes all that waits for it; false when it has come before or cannot be kept. [W34] */
export function takeSignal(draft: Draft, { signal, value }: Answered): boolean {
  const { run } = draft;
  const { signals = {} } = run;
  const expects = draft.definition.steps.some((step) => step.kind === "wait" && step.signal !== undefined);
  if ((run.status !== "running" && run.status !== "paused") || !expects || Object.hasOwn(signals, signal)) return false;
  if (signal === "" || signal.length > maxSignalName || Object.keys(signals).length >= maxSignals) return false;
  if (isTooDeep([value])) return false;
  // An own property whatever its name.
  draft.run = { ...run, signals: Object.fromEntries([...Object.entries(signals), [signal, value]]) };
  const waits = (part: AttemptRun): boolean => isInFlight(part) && part.signal === signal;
  const taken = ({ attempt }: AttemptRun): AttemptRun => completedAttempt(attempt, { received: true, value });
  for (const step of draft.definition.steps) {
    const state = draft.steps[step.id];
    if (state === undefined) continue;
    if (waits(state)) draft.steps[step.id] = endedStep(draft, step, state, taken(state));
    else if (state.items?.some(waits)) {
      const items = state.items.map((item) => (waits(item) ? taken(item) : item));
      draft.steps[step.id] = { ...state, items };
    }
  }
  return true;
}

function takeAttempt(draft: Draft, step: StepDefinition, state: StepRun, outcome: StepOutcome): StepRun | undefined {
  const { item, attempt } = outcome;
  const current = state.items === undefined ? state : state.items[item ?? -1];
  const isMeant = (state.items === undefined) === (item === undefined) && current?.attempt === attempt;
  if (current === undefined || !isMeant || !isInFlight(current)) return undefined;
  const ended = endAttempt(current, outcome, {
    action: step,
    used: attempt - baseOf(state),
    shownArguments: () => argumentsOf(draft, step, item),
  });
  if (ended === undefined) return undefined;
  if (state.items !== undefined) {
    return withItems(
      state,
      state.items.map((each) => (each === current ? ended : each)),
    );
  }
  return ended.status === "pending" ? { ...ended, ...keptBase(state) } : endedStep(draft, step, state, ended);
}

function takeStepTimeout(draft: Draft, step: StepDefinition, state: StepRun, attempt: number): StepRun | undefined {
  const isThisWalk = attempt > baseOf(state) && attempt <= state.attempt;
  if (isEnded(state) || !isThisWalk) return undefined;
  const error = timeoutError(step, "step");
  const late = { code: "timed_out", message: `The step took longer than ${step.stepTimeoutMs ?? "its"} ms.` };
  if (state.items === undefined) {
    return endedStep(draft, step, state, failedAttempt(state.attempt, isInFlight(state) ? error : late));
  }
  const items = state.items.map((item): AttemptRun => {
    if (isEnded(item)) return item;
    if (isInFlight(item)) return failedAttempt(item.attempt, error);
    return item.error === undefined ? { status: "skipped", attempt: item.attempt } : failedAttempt(item.attempt, late);
  });
  const { itemCount = items.length } = state;
  return { ...endedStep(draft, step, state, failedAttempt(state.attempt, late)), itemCount, items };
}

function takeUndo(step: StepDefinition, state: StepRun, outcome: StepOutcome): StepRun | undefined {
  const { undo } = state;
  const { compensate } = step;
  if (undo === undefined || compensate === undefined) return undefined;
  if (undo.status !== "running" && undo.status !== "waiting_retry") return undefined;
  if (undo.attempt !== outcome.attempt || undo.item !== outcome.item) return undefined;
  const current: AttemptRun = { status: "running", attempt: undo.attempt };
  const used = undo.attempt - baseOf(state);
  const ended = endAttempt(current, outcome, { action: compensate, used, shownArguments: () => null });
  if (ended === undefined) return undefined;
  if (ended.status !== "pending") return { ...state, undo: undoEnded(state, undo, ended.error) };
  const { error: _error, ...rest } = undo;
  const again: UndoRun = { ...rest, status: "pending", ...(ended.error === undefined ? {} : { error: ended.error }) };
  return { ...state, undo: again };
}

function argumentsOf(draft: Draft, step: StepDefinition, item: number | undefined): Json {
  const override = draft.run.overrides?.[step.id]?.input;
  if (override !== undefined) return override;
  const scope = { inputs: draft.run.inputs, steps: draft.steps };
  const list = item === undefined || step.foreach === undefined ? undefined : listOf(draft, step.foreach);
  const place = item !== undefined && list?.ok === true ? { item: list.value[item] ?? null, index: item } : {};
  const resolved = resolve(step.with, { ...scope, ...place });
  // It was resolved when the step started, from what does not change any more.
  return resolved.ok ? resolved.value : null;
}
