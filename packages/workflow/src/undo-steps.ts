import type { StepStart } from "./advance-result.ts";
import { keepError, unknownEffect } from "./attempt-ends.ts";
import type { StepDefinition } from "./definition.ts";
import { baseOf } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { listOf } from "./move-items.ts";
import { prepareStart } from "./prepare-start.ts";
import type { Resolved, Scope } from "./resolve.ts";
import { retryDelay } from "./retry-delay.ts";
import { isInFlight } from "./run.ts";
import type { AttemptRun, NotUndone, StepError, StepRun, UndoRun } from "./run.ts";

/** Goes on undoing a run that has broken off, one start at a time, the last completed first; ends it after the last.
 *
 * Nothing is undone before everything in flight is answered. What cannot be undone is told and stops nothing. [W42][W43] */
export function undoSteps(draft: Draft): void {
  if (Object.values(draft.steps).some(isInFlight)) return;
  const steps = draft.definition.steps
    .filter((step) => step.compensate !== undefined && draft.steps[step.id] !== undefined)
    .toSorted((a, b) => orderOf(draft, b) - orderOf(draft, a));
  for (const step of steps) {
    const state = draft.steps[step.id] ?? { status: "skipped", attempt: 0 };
    if (!isUndoable(state) || state.undo?.status === "completed" || state.undo?.status === "failed") continue;
    if (state.undo?.status === "running" || state.undo?.status === "waiting_retry") return;
    const { undo, start } = beginUndo(draft, step, state);
    draft.steps[step.id] = { ...state, undo };
    if (start !== undefined) {
      draft.start.push(start);
      return;
    }
  }
  endUndoing(draft, steps);
}

/** The record after one undoing has ended, well or not: the item before it is next, or the step is done. */
export function undoEnded(state: StepRun, undo: UndoRun, error?: StepError): UndoRun {
  const { item, attempt, failed: before = [] } = undo;
  const place = item === undefined ? {} : { item };
  const failed = error === undefined ? before : [...before, { ...place, error: keepError(error) }];
  const kept = failed.length === 0 ? {} : { failed };
  const next = lastDone(state.items, item);
  if (item !== undefined && next !== undefined) {
    return { status: "pending", attempt: baseOf(state), item: next, ...kept };
  }
  return { status: failed.length === 0 ? "completed" : "failed", attempt, ...kept };
}

function beginUndo(draft: Draft, step: StepDefinition, state: StepRun): { undo: UndoRun; start?: StepStart } {
  const base = baseOf(state);
  const first = lastDone(state.items);
  let undo: UndoRun = state.undo ?? {
    status: "pending",
    attempt: base,
    ...(first === undefined ? {} : { item: first }),
  };
  while (undo.status === "pending") {
    const used = undo.attempt - base;
    const attempt = undo.attempt + 1;
    const backoffMs = used > 0 && step.compensate ? retryDelay(step.compensate.retry, used) : 0;
    const ref = { stepId: step.id, attempt, ...(undo.item === undefined ? {} : { item: undo.item }) };
    const scope = undoScope(draft, step, state, undo.item);
    const prepared: Resolved<StepStart> = scope.ok
      ? prepareStart(step, draft.run, { ...ref, compensates: true }, scope.value, backoffMs)
      : scope;
    if (prepared.ok) {
      return { undo: { ...undo, status: used > 0 ? "waiting_retry" : "running", attempt }, start: prepared.value };
    }
    undo = undoEnded(state, { ...undo, attempt }, prepared.error);
  }
  return { undo };
}

/** What the references of a compensation are taken from: `result`, and with items `item` and `index`. */
export function undoScope(
  draft: Draft,
  step: StepDefinition,
  state: StepRun,
  item: number | undefined,
): Resolved<Scope> {
  const scope = { inputs: draft.run.inputs, steps: draft.steps };
  if (item === undefined || step.foreach === undefined) {
    return { ok: true, value: { ...scope, result: state.output ?? null } };
  }
  const list = listOf(draft, step.foreach);
  if (!list.ok) return list;
  // A completed step holds the outputs of its items in one list; one that failed holds each at its item.
  const result = Array.isArray(state.output) ? state.output[item] : state.items?.[item]?.output;
  return { ok: true, value: { ...scope, item: list.value[item] ?? null, index: item, result: result ?? null } };
}

function endUndoing(draft: Draft, steps: readonly StepDefinition[]): void {
  const { run } = draft;
  const notUndone: NotUndone[] = [];
  let undone = 0;
  for (const { id } of steps) {
    const state = draft.steps[id];
    if (state === undefined) continue;
    if (state.undo !== undefined) undone += 1;
    for (const { item, error } of state.undo?.failed ?? []) {
      notUndone.push({ stepId: id, ...(item === undefined ? {} : { item }), error });
    }
    for (const [item, part] of (state.items ?? [state]).entries()) {
      if (part.status !== "failed" || part.error?.code !== unknownEffect) continue;
      notUndone.push({ stepId: id, ...(state.items === undefined ? {} : { item }), error: part.error });
    }
  }
  if (notUndone.length > 0) draft.run = { ...run, status: "compensation_failed", notUndone };
  else if (undone > 0) draft.run = { ...run, status: "compensated" };
  else draft.run = { ...run, status: run.error?.stepId === undefined ? "cancelled" : "failed" };
}

function isUndoable(state: StepRun): boolean {
  return state.items === undefined ? state.status === "completed" : lastDone(state.items) !== undefined;
}

function lastDone(items: readonly AttemptRun[] | undefined, before: number = items?.length ?? 0): number | undefined {
  const index = (items ?? []).findLastIndex((item, at) => at < before && item.status === "completed");
  return index < 0 ? undefined : index;
}

function orderOf(draft: Draft, step: StepDefinition): number {
  return draft.steps[step.id]?.order ?? 0;
}
