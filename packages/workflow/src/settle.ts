import type { Definition, StepDefinition } from "./definition.ts";
import type { Json } from "./json.ts";
import { resolve, resolveText, takeReference } from "./resolve.ts";
import type { Resolved } from "./resolve.ts";
import { isEnded } from "./run.ts";
import type { Advance, Run, StepError, StepRun, StepStart } from "./run.ts";
import { parseTemplate } from "./template.ts";

/** Brings a run to rest after one change: starts what may start, ends what must end, and tells the difference.
 *
 * `before` is the run as it was; `steps` are its steps after the change. A step that cannot take its references fails
 * at once as attempt 1, which may end the run; only when nothing more fails are the ready steps started. [W14][W17] */
export function settle(definition: Definition, before: Run, steps: Readonly<Record<string, StepRun>>): Advance {
  let run: Run = { ...before, steps };
  let ready = new Map<string, StepStart>();
  for (let again = true; again && run.status === "running";) {
    again = false;
    ready = new Map();
    run = failIfBroken(definition, run);
    if (run.status !== "running") break;
    for (const step of definition.steps) {
      if (!isReady(step, run)) continue;
      const prepared = prepareStart(step, run, 1, 0);
      if (prepared.ok) ready.set(step.id, prepared.value);
      else {
        run = withStep(run, step.id, failedStep(step, 1, prepared.error));
        again = true;
      }
    }
  }
  if (run.status === "running") {
    for (const id of ready.keys()) run = withStep(run, id, { status: "running", attempt: 1 });
  } else {
    run = skipPending(run);
  }
  const ended = Object.values(run.steps).filter(isEnded).length;
  run = { ...run, progress: ended / definition.steps.length };
  if (run.status === "running" && ended === definition.steps.length) {
    run = { ...run, status: "completed", outputs: takeOutputs(definition, run) };
  }
  return { run, start: [...ready.values()], changed: listChanges(definition, before, run) };
}

/** Makes the record of a step whose last attempt failed. */
export function failedStep(step: StepDefinition, attempt: number, error: StepError): StepRun {
  const record = { status: "failed", attempt, error: keepError(error) } as const;
  return step.onFailure === "continue" ? { ...record, output: null } : record;
}

/** Takes of an error what a run stores: the code, and at most 2,000 characters of the message. [W25] */
export function keepError(error: StepError): StepError {
  return { code: error.code, message: error.message.slice(0, 2000) };
}

/** Makes the start of one attempt; fails when its references cannot be taken. [W13] */
export function prepareStart(step: StepDefinition, run: Run, attempt: number, backoffMs: number): Resolved<StepStart> {
  const input = resolve(step.with, run);
  if (!input.ok) return input;
  const base = {
    stepId: step.id,
    attempt,
    kind: step.kind,
    delayMs: step.kind === "wait" ? backoffMs + step.durationMs : backoffMs,
    input: input.value,
    ...(step.name === undefined ? {} : { name: step.name }),
  };
  if (step.kind === "mcp") {
    const { server, tool, idempotent } = step;
    return { ok: true, value: { ...base, server, tool, idempotent } };
  }
  if (step.kind !== "model") return { ok: true, value: base };
  const prompt = resolveText(step.prompt, run);
  return prompt.ok ? { ok: true, value: { ...base, prompt: prompt.value } } : prompt;
}

function isReady(step: StepDefinition, run: Run): boolean {
  return run.steps[step.id]?.status === "pending" && step.needs.every((need) => isPassed(run.steps[need]));
}

// A failed step with an output is one that its definition lets the run go past.
function isPassed(step: StepRun | undefined): boolean {
  return step?.status === "completed" || (step?.status === "failed" && step.output !== undefined);
}

function failIfBroken(definition: Definition, run: Run): Run {
  for (const { id } of definition.steps) {
    const step = run.steps[id];
    if (step?.status !== "failed" || step.output !== undefined || step.error === undefined) continue;
    return { ...run, status: "failed", error: { ...step.error, stepId: id } };
  }
  return run;
}

function withStep(run: Run, id: string, step: StepRun): Run {
  return { ...run, steps: { ...run.steps, [id]: step } };
}

function skipPending(run: Run): Run {
  const steps = Object.entries(run.steps).map(([id, step]): [string, StepRun] => [
    id,
    step.status === "pending" ? { status: "skipped", attempt: 0 } : step,
  ]);
  return { ...run, steps: Object.fromEntries(steps) };
}

// All work is done by now: an output that leads nowhere is null, it does not undo the run.
function takeOutputs(definition: Definition, run: Run): Readonly<Record<string, Json>> {
  const outputs = Object.entries(definition.outputs).map(([name, text]): [string, Json] => {
    const template = parseTemplate(text);
    const reference = template.ok ? template.parts[0] : undefined;
    if (reference === undefined || typeof reference === "string") return [name, null];
    const taken = takeReference(reference, run);
    return [name, taken.ok ? taken.value : null];
  });
  return Object.fromEntries(outputs);
}

function listChanges(definition: Definition, before: Run, after: Run): Advance["changed"] {
  const changed: { stepId: string; status: StepRun["status"] }[] = [];
  for (const { id } of definition.steps) {
    const was = before.steps[id];
    const is = after.steps[id];
    if (is && (is.status !== was?.status || is.attempt !== was.attempt))
      changed.push({ stepId: id, status: is.status });
  }
  return changed;
}
