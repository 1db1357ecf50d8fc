import type { Json } from "./json.ts";

/** What a step does: call an MCP tool, ask a model, do a unit of the app's own work, run another workflow, let time
 * pass or a signal come, or ask a person. */
export type StepKind = "mcp" | "model" | "task" | "workflow" | "wait" | "approve";

/** The type of one input, as JSON knows it. */
export type InputType = "string" | "number" | "boolean" | "object" | "array";

/** One declared input of a workflow. */
export interface InputDefinition {
  readonly type: InputType;
  /** Whether a run must bring it; one with a default need not be brought. @default false */
  readonly required?: boolean;
  readonly default?: Json;
  readonly description?: string;
}

/** How often a failed step is tried again, and how long it waits between. A step without `retry` has one attempt. */
export interface RetryPolicy {
  /** All attempts, the first included; 1 to 20. @default 3 */
  readonly maxAttempts: number;
  /** Milliseconds before the second attempt; 0 to 86,400,000. @default 1000 */
  readonly backoffMs: number;
  /** Each later wait is this many times the one before; 1 to 10. @default 2 */
  readonly factor: number;
  /** The longest wait in milliseconds; 0 to 86,400,000. @default 60000 */
  readonly maxBackoffMs: number;
}

/** The same step once for each item of a list. [W37] */
export interface Foreach {
  /** Exactly one reference, to a list. */
  readonly in: string;
  /** A longer list fails the step; 1 to 1,000. */
  readonly maxItems: number;
  /** How many items are in flight at once; 1 to 100. @default 1 */
  readonly concurrency: number;
  /** `fail`: the first item that fails for good fails the step; `continue`: its place in the output is null. @default "fail" */
  readonly onItemFailure: "fail" | "continue";
}

/** What one attempt does, and how often and how long it is tried: a step without its place in the graph. */
export interface ActionBase {
  /** What it is given; strings in it may hold references. @default {} */
  readonly with: Json;
  readonly retry: RetryPolicy;
  /** How long one attempt may take after its delay, in milliseconds; 1 to 31,536,000,000. @default no bound */
  readonly timeoutMs?: number;
}

/** How to look whether a call of unknown effect took effect. [W49] */
export interface ReadBack {
  /** The server that is asked. @default the one of the call */
  readonly server: string;
  /** A tool that only reads. */
  readonly tool: string;
  /** What it is given; strings in it may hold references. @default {} */
  readonly with: Json;
  /** A text that its answer holds exactly when the call took effect; it may hold references. */
  readonly contains: string;
}

/** What an MCP call names. */
export interface McpAction {
  readonly kind: "mcp";
  readonly server: string;
  readonly tool: string;
  /** Whether the call may be repeated when nobody knows if it took effect. @default false */
  readonly idempotent: boolean;
  readonly readBack?: ReadBack;
}

/** What a question to a model names. */
export interface ModelAction {
  readonly kind: "model";
  readonly prompt: string;
}

/** A unit of the app's own work. */
export interface TaskAction {
  readonly kind: "task";
}

/** A run of another workflow; `with` is its inputs, its outputs are the output. [W33] */
export interface WorkflowAction {
  readonly kind: "workflow";
  readonly workflow: string;
}

/** How a step is undone once its run has failed or was cancelled. [W42] */
export type Compensation = ActionBase & (McpAction | ModelAction | TaskAction | WorkflowAction);

/** What every step has, defaults filled in. */
export interface StepBase extends ActionBase {
  readonly id: string;
  readonly name?: string;
  /** Ids of the steps that must end first. @default [] */
  readonly needs: readonly string[];
  /** The step is skipped unless this holds; see section 4 of SPEC.md for the grammar. */
  readonly when?: string;
  readonly foreach?: Foreach;
  /** How long all attempts and items together may take, in milliseconds; 1 to 31,536,000,000. @default no bound */
  readonly stepTimeoutMs?: number;
  /** `fail` ends the run when the step fails; `continue` goes on with null as its output. @default "fail" */
  readonly onFailure: "fail" | "continue";
  readonly compensate?: Compensation;
}

/** A call of one tool of one MCP server. */
export type McpStep = StepBase & McpAction;

/** A question to a model. */
export type ModelStep = StepBase & ModelAction;

/** A unit of the app's own work. */
export type TaskStep = StepBase & TaskAction;

/** A run of another workflow. */
export type WorkflowStep = StepBase & WorkflowAction;

/** A pause: for a time, until a moment, or until a signal. Exactly one of the three is given. [W26][W34] */
export interface WaitStep extends StepBase {
  readonly kind: "wait";
  /** How long, in milliseconds; 0 to 31,536,000,000 (a year). */
  readonly durationMs?: number;
  /** A moment as text with its zone, or a reference to one; milliseconds since 1970 are taken as well. */
  readonly until?: string;
  /** The name of the signal; it may hold references. */
  readonly signal?: string;
  /** What a timeout of the wait for a signal means; `continue` completes the step with `received: false`. @default "fail" */
  readonly onTimeout?: "fail" | "continue";
}

/** A question to a person, who decides about exactly what `with` and `message` showed. [W35] */
export interface ApproveStep extends StepBase {
  readonly kind: "approve";
  /** What the person is asked; it may hold references. */
  readonly message: string;
  /** What it means that nobody decides in `timeoutMs`. @default "fail" */
  readonly onTimeout: "fail" | "approve" | "reject";
  /** `fail`: a rejection fails the step; `continue`: it completes with the decision as its output. @default "fail" */
  readonly onReject: "fail" | "continue";
}

/** One node of the graph. */
export type StepDefinition = McpStep | ModelStep | TaskStep | WorkflowStep | WaitStep | ApproveStep;

/** A start by time. */
export interface Schedule {
  /** Five fields in UTC: minute hour day month weekday. */
  readonly cron: string;
  /** The inputs of each run. */
  readonly inputs?: Readonly<Record<string, Json>>;
  /** Where it is started, 1 to 20 names. @default the workspace that is always there */
  readonly workspaces?: readonly string[];
}

/** What says that this workflow is meant; matching is the caller's. */
export interface Triggers {
  /** Words that a person says. @default [] */
  readonly manual: readonly string[];
  /** What must be true of the talk, and how sure one must be, 0 to 1. @default [] */
  readonly semantic: readonly { readonly condition: string; readonly confidence: number }[];
  /** When it is started by itself. Absent when nothing is scheduled. */
  readonly schedule?: readonly Schedule[];
}

/** A checked workflow: every default filled in, plain JSON, and itself a valid definition text when written as JSON. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly description?: string;
  readonly triggers: Triggers;
  readonly inputs: Readonly<Record<string, InputDefinition>>;
  readonly steps: readonly StepDefinition[];
  /** Each output is one reference, taken when the run completes. */
  readonly outputs: Readonly<Record<string, string>>;
}
