import type { ReadBack, StepKind } from "./definition.ts";
import type { Json } from "./json.ts";
import type { StartRef } from "./outcome.ts";
import type { Run, StepStatus } from "./run.ts";

/** One attempt to begin, with its references resolved. */
export interface StepStart extends StartRef {
  readonly kind: StepKind;
  /** Milliseconds to wait first: the backoff of a retry, plus the duration of a `wait` step. */
  readonly delayMs: number;
  /** Milliseconds after the delay in which it must be answered; then the caller tells `timed_out`. [W32] */
  readonly deadlineMs?: number;
  /** On the first start of a step: milliseconds from now in which the whole step must end; then `timed_out` of the step. */
  readonly stepDeadlineMs?: number;
  /** What stands in `with`. */
  readonly input: Json;
  readonly name?: string;
  /** Kind `mcp` only. */
  readonly server?: string;
  readonly tool?: string;
  readonly idempotent?: boolean;
  /** How to look whether it took effect when nobody knows, references resolved. [W49] */
  readonly readBack?: ReadBack;
  /** Kind `model` only. */
  readonly prompt?: string;
  /** Kind `workflow` only: which to run, and the depth to start it with. */
  readonly workflow?: string;
  readonly depth?: number;
  /** Kind `wait` only: milliseconds since 1970 to wait until, or the signal to wait for. */
  readonly untilMs?: number;
  readonly signal?: string;
  /** Kind `approve` only: what the person is asked, and the hash that the decision must carry. */
  readonly message?: string;
  readonly hash?: string;
}

/** The next state and what follows from it: store the run, begin the starts, stop what is no longer awaited. */
export interface Advance {
  readonly run: Run;
  /** In the order of the definition. */
  readonly start: readonly StepStart[];
  /** Starts that were handed out before and whose work is no longer wanted. Those still in flight must be answered. [W41] */
  readonly stop: readonly StartRef[];
  /** Steps whose status, attempt or undoing changed, in the order of the definition. */
  readonly changed: readonly StepChange[];
}

/** How a step stands after an advance that changed it. */
export interface StepChange {
  readonly stepId: string;
  readonly status: StepStatus;
  /** Present when the undoing of the step has changed. */
  readonly undo?: "pending" | "running" | "waiting_retry" | "completed" | "failed";
}
