import type { Advance } from "./advance-result.ts";
import { checkBelongs } from "./advance.ts";
import { didYouMean } from "./closest-name.ts";
import type { Definition } from "./definition.ts";
import { baseOf, openDraft } from "./draft.ts";
import type { Json } from "./json.ts";
import type { Checked } from "./problem.ts";
import { isInFlight } from "./run.ts";
import type { Run, RunParent, StepOverride, StepRun } from "./run.ts";
import { settle } from "./settle.ts";

/** From where a run begins anew, and what is edited. */
export interface RerunOptions {
  /** The step to begin with; it and all that needs it, by any way, are done again. */
  readonly from: string;
  /** Inputs of the run instead of the former, all of them, as `checkInputs` returned them. @default the former */
  readonly inputs?: Readonly<Record<string, Json>>;
  /** What `from` is given instead of its `with` and `prompt`, taken literally. @default what it was given before */
  readonly override?: StepOverride;
  /** Another id makes it another run beside the former, in which what was in flight is done again. @default the former */
  readonly runId?: string;
  /** @default the former, for the same id */
  readonly parent?: RunParent;
}

/** Begins a run anew from one step: what completed before it keeps its output. Pure. [W44][W45]
 *
 * Done again as well: whatever did not complete, or was undone, and all that needs it. Attempts are counted on, so
 * that an answer to an earlier start is stale. Refused while a run is being undone, and for a step that is none. */
export function rerun(definition: Definition, run: Run, options: RerunOptions): Checked<Advance> {
  checkBelongs(definition, run);
  const { from } = options;
  if (!definition.steps.some((step) => step.id === from)) {
    const names = definition.steps.map((step) => step.id);
    const message = `"${from.slice(0, 80)}" is no step of ${definition.id}.`;
    const hint = didYouMean(from, names, `Its steps: ${names.join(", ")}.`);
    return { ok: false, problems: [{ code: "unknown_step", message, path: "/from", hint }] };
  }
  if (run.status === "compensating") {
    const message = `The run ${run.runId} is being undone.`;
    return { ok: false, problems: [{ code: "not_now", message, path: "", hint: "Wait until it is over." }] };
  }
  const { runId = run.runId, inputs = run.inputs, override } = options;
  const isSame = runId === run.runId;
  const parent = options.parent ?? (isSame ? run.parent : undefined);
  const { outputs: _outputs, error: _error, notUndone: _notUndone, overrides = {}, parent: _parent, ...kept } = run;
  const edited = override === undefined ? overrides : { ...overrides, [from]: override };
  const anew: Run = {
    ...kept,
    runId,
    ...(parent === undefined ? {} : { parent }),
    status: "running",
    inputs,
    ...(Object.keys(edited).length === 0 ? {} : { overrides: edited }),
  };
  const draft = openDraft(definition, anew);
  for (const id of stepsAgain(definition, run, from, isSame)) {
    const base = attemptsOf(draft.steps[id]);
    draft.steps[id] = { status: "pending", attempt: base, ...(base === 0 ? {} : { base }) };
  }
  const settled = settle(draft, run);
  return { ok: true, value: isSame ? settled : { ...settled, stop: [] } };
}

function stepsAgain(definition: Definition, run: Run, from: string, isSame: boolean): ReadonlySet<string> {
  const again = new Set([from]);
  for (const { id } of definition.steps) {
    const step = run.steps[id];
    // Of another run nobody would answer what this one has in flight.
    if (isAgain(step) || (!isSame && step !== undefined && isInFlight(step))) again.add(id);
  }
  const needers = new Map<string, string[]>();
  for (const { id, needs } of definition.steps) {
    for (const need of needs) needers.set(need, [...(needers.get(need) ?? []), id]);
  }
  // A set is walked in the order of adding, what is added on the way included.
  for (const id of again) for (const needer of needers.get(id) ?? []) again.add(needer);
  return again;
}

function isAgain(step: StepRun | undefined): boolean {
  if (step === undefined || step.undo !== undefined) return true;
  if (step.status === "failed") return step.output === undefined || step.error?.code === "cancelled";
  return step.status === "skipped" && step.reason !== "when" && step.reason !== "needs_skipped";
}

// The highest attempt of a step, of its items and of their undoing.
function attemptsOf(step: StepRun | undefined): number {
  if (step === undefined) return 0;
  const items = (step.items ?? []).map((item) => item.attempt);
  return Math.max(baseOf(step), step.attempt, step.undo?.attempt ?? 0, ...items);
}
