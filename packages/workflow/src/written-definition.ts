import type { Foreach, InputDefinition, ReadBack, RetryPolicy, StepKind, Triggers } from "./definition.ts";
import type { Json } from "./json.ts";

/** An action as written: its shape is right, its meaning not yet checked. */
export interface WrittenAction {
  readonly kind: StepKind;
  readonly with?: Json;
  readonly server?: string;
  readonly tool?: string;
  readonly idempotent?: boolean;
  readonly readBack?: Pick<ReadBack, "tool" | "contains"> & Partial<ReadBack>;
  readonly prompt?: string;
  readonly workflow?: string;
  readonly retry?: Partial<RetryPolicy>;
  readonly timeoutMs?: number;
}

/** A step as written. */
export interface WrittenStep extends WrittenAction {
  readonly id: string;
  readonly name?: string;
  readonly needs?: readonly string[];
  readonly when?: string;
  readonly foreach?: Pick<Foreach, "in" | "maxItems"> & Partial<Foreach>;
  readonly durationMs?: number;
  readonly until?: string;
  readonly signal?: string;
  readonly message?: string;
  readonly onTimeout?: "fail" | "continue" | "approve" | "reject";
  readonly onReject?: "fail" | "continue";
  readonly stepTimeoutMs?: number;
  readonly onFailure?: "fail" | "continue";
  readonly compensate?: WrittenAction & { readonly kind: "mcp" | "model" | "task" | "workflow" };
}

/** A definition as written: its shape is right, its meaning not yet checked. */
export interface WrittenDefinition {
  readonly id: string;
  readonly name: string;
  readonly version?: number;
  readonly description?: string;
  readonly triggers?: Partial<Triggers>;
  readonly inputs?: Readonly<Record<string, InputDefinition>>;
  readonly steps: readonly WrittenStep[];
  readonly outputs?: Readonly<Record<string, string>>;
}
