import type { StepKind } from "./definition.ts";
import type { Json } from "./json.ts";

/** Where a run stands. It never leaves `completed`, `failed` or `cancelled`. */
export type RunStatus = "running" | "completed" | "failed" | "cancelled";

/** Where a step stands. `running` and `waiting_retry` are in flight: one start has been handed out and not answered. */
export type StepStatus = "pending" | "running" | "waiting_retry" | "completed" | "failed" | "skipped";

/** Why an attempt failed. `code` is for programs; `unknown` says that nobody knows whether it took effect. */
export interface StepError {
  readonly code: string;
  readonly message: string;
}

/** One step of one run. */
export interface StepRun {
  readonly status: StepStatus;
  /** The attempt that was started last, from 1; 0 while nothing was started. */
  readonly attempt: number;
  /** What the step gave; null for a failed step whose definition says `continue`. */
  readonly output?: Json;
  /** The error of the last failed attempt; gone once an attempt completes. */
  readonly error?: StepError;
}

/** Why a run ended without completing; `stepId` is absent when it was cancelled. */
export interface RunError extends StepError {
  readonly stepId?: string;
}

/** One run of a workflow: plain JSON, the whole state, safe to store between any two advances. [W21] */
export interface Run {
  readonly runId: string;
  readonly workflowId: string;
  /** The version of the definition that the run belongs to. */
  readonly version: number;
  readonly status: RunStatus;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly steps: Readonly<Record<string, StepRun>>;
  /** Ended steps divided by all steps, 0 to 1. */
  readonly progress: number;
  /** Present once completed. */
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Present once failed or cancelled. */
  readonly error?: RunError;
}

/** What happened to one attempt, or to the whole run. Each start is answered by one outcome. */
export type Outcome =
  | { readonly kind: "completed"; readonly stepId: string; readonly attempt: number; readonly output: Json }
  | {
      readonly kind: "failed";
      readonly stepId: string;
      readonly attempt: number;
      readonly error: StepError;
      /** False when another attempt cannot help. @default true */
      readonly retryable?: boolean;
    }
  | { readonly kind: "cancelled"; readonly reason: string };

/** One attempt to begin, with its references resolved. */
export interface StepStart {
  readonly stepId: string;
  readonly attempt: number;
  readonly kind: StepKind;
  /** Milliseconds to wait first: the backoff of a retry, plus the duration of a `wait` step. */
  readonly delayMs: number;
  /** What stands in `with`. */
  readonly input: Json;
  readonly name?: string;
  /** Kind `mcp` only. */
  readonly server?: string;
  readonly tool?: string;
  readonly idempotent?: boolean;
  /** Kind `model` only. */
  readonly prompt?: string;
}

/** The next state and what follows from it: store the run, begin the starts, tell the changes. */
export interface Advance {
  readonly run: Run;
  /** In the order of the definition. */
  readonly start: readonly StepStart[];
  /** Steps whose status or attempt changed, in the order of the definition. */
  readonly changed: readonly { readonly stepId: string; readonly status: StepStatus }[];
}

/** Tells whether a step will never change again. */
export function isEnded(step: StepRun): boolean {
  return step.status === "completed" || step.status === "failed" || step.status === "skipped";
}
