import { advance, startRun } from "../src/index.ts";
import type { Advance, Definition, Json, Outcome, Run, StartRef } from "../src/index.ts";

/** Begins a run of a definition. */
export function begin(definition: Definition, inputs: Readonly<Record<string, Json>> = {}): Advance {
  return startRun(definition, { runId: "r1", inputs });
}

/** Begins a run and tells it outcomes, one after the other; the last advance is returned. */
export function walk(definition: Definition, ...outcomes: readonly Outcome[]): Advance {
  return go(definition, begin(definition), ...outcomes);
}

/** Tells outcomes to a run that has begun. */
export function go(definition: Definition, from: Advance, ...outcomes: readonly Outcome[]): Advance {
  let current = from;
  for (const outcome of outcomes) current = advance(definition, current.run, outcome);
  return current;
}

/** Which start: `a`, `a#2`, `a[1]`, `a[1]#2`, each with `!` for what undoes. */
export function ref(name: string): StartRef {
  const [, stepId = "", item, attempt = "1", undo] = /^(\w+)(?:\[(\d+)\])?(?:#(\d+))?(!)?$/.exec(name) ?? [];
  return {
    stepId,
    attempt: Number(attempt),
    ...(item === undefined ? {} : { item: Number(item) }),
    ...(undo === undefined ? {} : { compensates: true }),
  };
}

/** Writes starts as `ref` reads them. */
export function names(refs: readonly StartRef[]): readonly string[] {
  return refs.map(({ stepId, item, attempt, compensates }) => {
    const place = item === undefined ? "" : `[${item}]`;
    return `${stepId}${place}${attempt === 1 ? "" : `#${attempt}`}${compensates === true ? "!" : ""}`;
  });
}

/** The start completed. */
export function done(name: string, output: Json = null): Outcome {
  return { ...ref(name), kind: "completed", output };
}

/** The start failed. */
export function broke(name: string, code = "broke", retryable = true): Outcome {
  return { ...ref(name), kind: "failed", error: { code, message: "It broke." }, retryable };
}

/** The time of the start, or of its step, is over. */
export function late(name: string, of: "attempt" | "step" = "attempt"): Outcome {
  return { ...ref(name), kind: "timed_out", of };
}

/** The status of every step. */
export function statuses(run: Run): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(run.steps).map(([id, step]) => [id, step.status]));
}

/** The cancel of a run. */
export const cancel: Outcome = { kind: "cancelled", reason: "stop" };
