import type { StepStart } from "./advance-result.ts";
import { goingOn } from "./attempt-ends.ts";
import type { Definition, StepDefinition } from "./definition.ts";
import type { AttemptRun, Run, StepRun } from "./run.ts";

/** A run while it is advanced: a copy that the parts of one advance change, one after the other. */
export interface Draft {
  readonly definition: Definition;
  run: Run;
  readonly steps: Record<string, StepRun>;
  readonly start: StepStart[];
}

/** What a step does next: a record, with starts to hand out, or none when it stands by itself. */
export interface Move {
  readonly state: StepRun;
  readonly start: readonly StepStart[];
}

/** Opens a copy of a run. The run itself is never changed. */
export function openDraft(definition: Definition, run: Run): Draft {
  return { definition, run, steps: { ...run.steps }, start: [] };
}

/** Tells whether a run has broken off: it failed or was cancelled, undone or not. */
export function isClosed(run: Run): boolean {
  return run.status !== "running" && run.status !== "paused" && run.status !== "completed";
}

/** Attempts of a step in earlier walks. */
export function baseOf(step: StepRun): number {
  return step.base ?? 0;
}

/** Tells whether a step has begun in this walk. */
export function isBegun(step: StepRun): boolean {
  return step.itemCount !== undefined || step.attempt > baseOf(step);
}

/** Makes the record of a step that ends, with its place in the order of undoing. [W18][W42] */
export function endedStep(draft: Draft, step: StepDefinition, was: StepRun, ended: AttemptRun): StepRun {
  const record: StepRun = { ...goingOn(step, ended), ...keptBase(was) };
  if (step.compensate === undefined) return record;
  const orders = Object.values(draft.steps).map(({ order = 0 }) => order);
  return { ...record, order: Math.max(0, ...orders) + 1 };
}

/** What of a step's record stays when its status changes. */
export function keptBase({ base }: StepRun): Pick<StepRun, "base"> {
  return base === undefined ? {} : { base };
}
