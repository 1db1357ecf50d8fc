import type { Json } from "./json.ts";

/** What a step does: call an MCP tool, ask a model, do a unit of the app's own work, or let time pass. */
export type StepKind = "mcp" | "model" | "task" | "wait";

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

/** What every step has, defaults filled in. */
export interface StepBase {
  readonly id: string;
  readonly name?: string;
  /** Ids of the steps that must end first. @default [] */
  readonly needs: readonly string[];
  /** What the step is given; strings in it may hold references. @default {} */
  readonly with: Json;
  readonly retry: RetryPolicy;
  /** `fail` ends the run when the step fails; `continue` goes on with null as its output. @default "fail" */
  readonly onFailure: "fail" | "continue";
}

/** A call of one tool of one MCP server. */
export interface McpStep extends StepBase {
  readonly kind: "mcp";
  readonly server: string;
  readonly tool: string;
  /** Whether the call may be repeated when nobody knows if it took effect. @default false */
  readonly idempotent: boolean;
}

/** A question to a model. */
export interface ModelStep extends StepBase {
  readonly kind: "model";
  readonly prompt: string;
}

/** A unit of the app's own work. */
export interface TaskStep extends StepBase {
  readonly kind: "task";
}

/** A pause. */
export interface WaitStep extends StepBase {
  readonly kind: "wait";
  /** How long, in milliseconds; 0 to 31,536,000,000 (a year). */
  readonly durationMs: number;
}

/** One node of the graph. */
export type StepDefinition = McpStep | ModelStep | TaskStep | WaitStep;

/** A checked workflow: every default filled in, plain JSON, and itself a valid definition text when written as JSON. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly description?: string;
  readonly inputs: Readonly<Record<string, InputDefinition>>;
  readonly steps: readonly StepDefinition[];
  /** Each output is one reference, taken when the run completes. */
  readonly outputs: Readonly<Record<string, string>>;
}
