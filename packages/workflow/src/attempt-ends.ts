import type { StepDefinition } from "./definition.ts";
import type { Json } from "./json.ts";
import type { AttemptRun, StepError } from "./run.ts";

/** How deep an output may nest before it counts as a failure `output_too_deep`. [W25] */
export const maxOutputDepth = 100;

/** The code of a failure of which nobody knows whether it took effect. */
export const unknownEffect = "unknown";

/** Makes the record of an attempt that completed, or failed because its output nests too deep. */
export function completedAttempt(attempt: number, output: Json | undefined): AttemptRun {
  if (!isTooDeep(output)) return { status: "completed", attempt, output: output ?? null };
  const message = `The output nests deeper than ${maxOutputDepth}.`;
  return failedAttempt(attempt, { code: "output_too_deep", message });
}

/** Makes the record of what failed for good. */
export function failedAttempt(attempt: number, error: StepError): AttemptRun {
  return { status: "failed", attempt, error: keepError(error) };
}

/** Makes the record of what is to be tried again: pending, with the error of its last attempt. */
export function postponedAttempt(attempt: number, error: StepError): AttemptRun {
  return { status: "pending", attempt, error: keepError(error) };
}

/** Gives the error of a failed step its place: with `onFailure: continue` the output is null and the run goes on. [W18] */
export function goingOn(step: StepDefinition, ended: AttemptRun): AttemptRun {
  return ended.status === "failed" && step.onFailure === "continue" ? { ...ended, output: null } : ended;
}

/** Takes of an error what a run stores: the code, and at most 2,000 characters of the message. [W25] */
export function keepError(error: StepError): StepError {
  return { code: error.code, message: error.message.slice(0, 2000) };
}

/** Tells whether a value nests deeper than an output may. */
export function isTooDeep(output: Json | undefined): boolean {
  const waiting: { readonly value: Json | undefined; readonly depth: number }[] = [{ value: output, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= maxOutputDepth) return true;
    for (const inner of Object.values(value)) waiting.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
