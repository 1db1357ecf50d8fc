import type { Json } from "./json.ts";

/** Where a run stands. It never leaves `completed`, `compensated`, `compensation_failed`, and `failed` and `cancelled`
 * neither: a run with something to undo is `compensating` first. Only `rerun` begins anew. */
export type RunStatus =
  | "running"
  | "paused"
  | "compensating"
  | "completed"
  | "failed"
  | "cancelled"
  | "compensated"
  | "compensation_failed";

/** Where a step or an item stands. `running`, `waiting` (for time, a signal, a person) and `waiting_retry` are in
 * flight: one start has been handed out and not answered. */
export type StepStatus = "pending" | "running" | "waiting" | "waiting_retry" | "completed" | "failed" | "skipped";

/** Why an attempt failed. `code` is for programs; `unknown` says that nobody knows whether it took effect. */
export interface StepError {
  readonly code: string;
  readonly message: string;
}

/** Why a step was skipped: its `when` did not hold, all its needs were skipped, or the run ended before it. */
export type SkipReason = "when" | "needs_skipped" | "run_ended";

/** The attempts of a step, or of one item of it. */
export interface AttemptRun {
  readonly status: StepStatus;
  /** The attempt that was started last; 0 while nothing was started. */
  readonly attempt: number;
  /** What it gave; null for a failed step whose definition says `continue`. */
  readonly output?: Json;
  /** The error of the last failed attempt; gone once an attempt completes. */
  readonly error?: StepError;
  /** While an `approve` step waits: the hash of what it shows. */
  readonly shown?: string;
  /** While a `wait` step waits for a signal: its name. */
  readonly signal?: string;
}

/** How the undoing of a step goes, item by item from the last to the first when it has `foreach`. [W42] */
export interface UndoRun {
  readonly status: "pending" | "running" | "waiting_retry" | "completed" | "failed";
  readonly attempt: number;
  /** The item that is being undone. */
  readonly item?: number;
  readonly error?: StepError;
  /** What could not be undone. */
  readonly failed?: readonly { readonly item?: number; readonly error: StepError }[];
}

/** One step of one run. */
export interface StepRun extends AttemptRun {
  /** Attempts of earlier walks, before a re-run; a first attempt is this plus 1. @default 0 */
  readonly base?: number;
  readonly reason?: SkipReason;
  /** With `foreach`: how many items the list has. */
  readonly itemCount?: number;
  /** With `foreach`: the items that were begun, in order. Outputs are in the step's own output once it completed. */
  readonly items?: readonly AttemptRun[];
  /** The place among the steps with `compensate` in which this one ended, from 1. */
  readonly order?: number;
  readonly undo?: UndoRun;
}

/** Why a run ended without completing; `stepId` is absent when it was cancelled. */
export interface RunError extends StepError {
  readonly stepId?: string;
}

/** Something that was done and could not be undone. */
export interface NotUndone {
  readonly stepId: string;
  readonly item?: number;
  readonly error: StepError;
}

/** The start that a child run belongs to. */
export interface RunParent {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly item?: number;
  readonly compensates?: true;
}

/** One run of a workflow: plain JSON, the whole state, safe to store between any two advances. [W21] */
export interface Run {
  /** The shape of this record. Former ones are read by `upgradeRun`. */
  readonly format: 2;
  readonly runId: string;
  readonly workflowId: string;
  /** The version of the definition that the run belongs to, and its hash. */
  readonly version: number;
  readonly definitionHash?: string;
  /** How many runs are above this one. */
  readonly depth: number;
  readonly parent?: RunParent;
  readonly status: RunStatus;
  readonly inputs: Readonly<Record<string, Json>>;
  /** What a re-run was told to give to a step instead of what the definition says. */
  readonly overrides?: Readonly<Record<string, StepOverride>>;
  /** Signals that have come, by name. */
  readonly signals?: Readonly<Record<string, Json>>;
  readonly steps: Readonly<Record<string, StepRun>>;
  /** The share of work that has ended, 0 to 1; every step counts the same. [W22] */
  readonly progress: number;
  /** Present once completed. */
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Present once failed or cancelled, also while and after it is undone. */
  readonly error?: RunError;
  /** Present when the status is `compensation_failed`. */
  readonly notUndone?: readonly NotUndone[];
}

/** A given input of a step, taken literally: references in it are not read. */
export interface StepOverride {
  readonly input?: Json;
  readonly prompt?: string;
}

/** Tells whether a step or an item will not change in this walk. */
export function isEnded({ status }: { readonly status: StepStatus }): boolean {
  return status === "completed" || status === "failed" || status === "skipped";
}

/** Tells whether a start has been handed out and not answered. */
export function isInFlight({ status }: { readonly status: StepStatus }): boolean {
  return status === "running" || status === "waiting" || status === "waiting_retry";
}

/** Tells whether a run is over: it has its last status, and nothing is in flight. [W36] */
export function isOver(run: Run): boolean {
  if (run.status === "running" || run.status === "paused" || run.status === "compensating") return false;
  return Object.values(run.steps).every(isEnded);
}
