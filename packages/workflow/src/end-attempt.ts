import { completedAttempt, failedAttempt, postponedAttempt, unknownEffect } from "./attempt-ends.ts";
import type { ApproveStep, Compensation, StepDefinition } from "./definition.ts";
import type { Json } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import type { AttemptRun, StepError } from "./run.ts";

type Answer = Extract<Outcome, { readonly kind: "completed" | "failed" | "timed_out" | "decided" }>;

/** What an answer is judged by. */
export interface AttemptContext {
  readonly action: StepDefinition | Compensation;
  /** Attempts of this walk, the answered one included. */
  readonly used: number;
  /** What an `approve` step has shown as its arguments. */
  readonly shownArguments: () => Json;
}

/** Takes the answer to an attempt in flight: completed, failed for good, or pending for another attempt.
 *
 * Undefined when it is no answer to a step of this kind: only a decision about what was shown ends an approval, and
 * nothing but the signal completes the wait for one. [W34][W35] */
export function endAttempt(current: AttemptRun, answer: Answer, context: AttemptContext): AttemptRun | undefined {
  const { action } = context;
  const { attempt } = current;
  const fail = (error: StepError, mayRetry = true): AttemptRun =>
    mayRetry && canRepeat(error, context) ? postponedAttempt(attempt, error) : failedAttempt(attempt, error);
  const decide = (by: Answer & { readonly kind: "decided" }): AttemptRun => {
    const { decision, by: person, comment } = by;
    if (action.kind !== "approve" || (decision === "rejected" && action.onReject === "fail")) {
      const who = person === undefined ? "It was rejected" : `${person.slice(0, 200)} rejected it`;
      return failedAttempt(attempt, { code: "rejected", message: `${who}${comment ? `: ${comment}` : "."}` });
    }
    const output = {
      decision,
      arguments: context.shownArguments(),
      by: person?.slice(0, 200) ?? null,
      comment: comment?.slice(0, 2000) ?? null,
    };
    return completedAttempt(attempt, output);
  };

  switch (answer.kind) {
    case "completed":
      if (action.kind === "approve" || current.signal !== undefined) return undefined;
      return completedAttempt(attempt, answer.output);
    case "failed":
      return fail(answer.error, answer.retryable !== false);
    case "decided":
      return action.kind === "approve" && answer.hash === current.shown ? decide(answer) : undefined;
    case "timed_out": {
      if (action.kind === "approve" && action.onTimeout !== "fail") {
        const comment = "Nobody decided in time.";
        const { kind: _kind, of: _of, ...ref } = answer;
        return decide({ ...ref, kind: "decided", decision: decisionOf(action), hash: current.shown ?? "", comment });
      }
      if (action.kind === "wait" && action.onTimeout === "continue" && current.signal !== undefined) {
        return completedAttempt(attempt, { received: false, value: null });
      }
      return fail(timeoutError(action, "attempt"));
    }
    default:
      return answer satisfies never;
  }
}

/** Says what it means that the time is over: of a call that may not be repeated nobody knows the effect. [W24][W32] */
export function timeoutError(action: StepDefinition | Compensation, of: "attempt" | "step"): StepError {
  const limit = of === "step" && "stepTimeoutMs" in action ? action.stepTimeoutMs : action.timeoutMs;
  const late = `The ${of} took longer than ${limit ?? "its"} ms`;
  if (action.kind !== "mcp" || action.idempotent) return { code: "timed_out", message: `${late}.` };
  return { code: unknownEffect, message: `${late}; nobody knows whether the call took effect.` };
}

function decisionOf(action: ApproveStep): "approved" | "rejected" {
  return action.onTimeout === "approve" ? "approved" : "rejected";
}

function canRepeat(error: StepError, { action, used }: AttemptContext): boolean {
  if (used >= action.retry.maxAttempts) return false;
  // What may have taken effect is repeated only where the definition says that this is harmless.
  return error.code !== unknownEffect || action.kind !== "mcp" || action.idempotent;
}
