import type { Definition, StepDefinition } from "./definition.ts";
import type { Json } from "./json.ts";
import { retryDelay } from "./retry-delay.ts";
import type { Advance, Outcome, Run, StepRun } from "./run.ts";
import { failedStep, keepError, prepareStart, settle } from "./settle.ts";
import { WorkflowError } from "./workflow-error.ts";

/** How deep an output may nest before it counts as a failure `output_too_deep`. */
export const maxOutputDepth = 100;

/** The code of a failure of which nobody knows whether it took effect. */
const unknownEffect = "unknown";

/** Takes one outcome into a run and tells what to start next. Pure and replayable. [W15][W21]
 *
 * An outcome that is stale (another attempt, a step that is not in flight, an ended run's second end) returns the
 * very same run and starts nothing. In an ended run the outcomes of steps still in flight are recorded.
 * Throws {@link WorkflowError} `definition_mismatch` when the run belongs to another definition or version. */
export function advance(definition: Definition, run: Run, outcome: Outcome): Advance {
  if (run.workflowId !== definition.id || run.version !== definition.version) {
    throw new WorkflowError(
      "definition_mismatch",
      `The run ${run.runId} belongs to ${run.workflowId} version ${run.version}, not to ${definition.id} version ` +
        `${definition.version}. Advance it with the definition it was started with.`,
    );
  }
  const nothing: Advance = { run, start: [], changed: [] };
  if (outcome.kind === "cancelled") {
    if (run.status !== "running") return nothing;
    const error = keepError({ code: "cancelled", message: outcome.reason });
    return settle(definition, { ...run, status: "cancelled", error }, run.steps);
  }
  const step = definition.steps.find((each) => each.id === outcome.stepId);
  const current = step && run.steps[step.id];
  if (!step || !current || !isInFlight(current) || current.attempt !== outcome.attempt) return nothing;

  const { attempt } = outcome;
  const record = (next: StepRun): Advance => settle(definition, run, { ...run.steps, [step.id]: next });
  if (outcome.kind === "completed") {
    const output: Json | undefined = outcome.output;
    if (!isTooDeep(output)) return record({ status: "completed", attempt, output: output ?? null });
    const message = `The output nests deeper than ${maxOutputDepth}.`;
    return record(failedStep(step, attempt, { code: "output_too_deep", message }));
  }
  if (run.status !== "running" || !mayRetry(step, attempt, outcome)) {
    return record(failedStep(step, attempt, outcome.error));
  }
  const retry = prepareStart(step, run, attempt + 1, retryDelay(step.retry, attempt));
  if (!retry.ok) return record(failedStep(step, attempt, retry.error));
  const settled = record({ status: "waiting_retry", attempt: attempt + 1, error: keepError(outcome.error) });
  return { ...settled, start: [retry.value] };
}

function isInFlight(step: StepRun): boolean {
  return step.status === "running" || step.status === "waiting_retry";
}

function mayRetry(step: StepDefinition, attempt: number, outcome: Outcome & { readonly kind: "failed" }): boolean {
  if (outcome.retryable === false || attempt >= step.retry.maxAttempts) return false;
  // What may have taken effect is repeated only where the definition says that this is harmless.
  return outcome.error.code !== unknownEffect || step.kind !== "mcp" || step.idempotent;
}

function isTooDeep(output: Json | undefined): boolean {
  const waiting: { readonly value: Json | undefined; readonly depth: number }[] = [{ value: output, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= maxOutputDepth) return true;
    for (const inner of Object.values(value)) waiting.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
