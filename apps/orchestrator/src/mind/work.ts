import type { Json, StopReason, VendorPart } from "@kingly/llm";

/** Who wanted the work: a person; a workflow of a person; or a model, whose wish allows less. */
export type WorkOrigin = "person" | "workflow" | "model";

/** Where the work of a task stands. `planned`: it begins when what it waits for is done; `split`: its parts are worked;
 * `waiting`: for a person; `stopped`: it rests, and the log says why. */
export type WorkStatus = "planned" | "working" | "waiting" | "done" | "stopped" | "cancelled" | "split";

/** The work of one task, in its present life: a retry begins the next one. */
export interface Work {
  readonly workspaceId: string;
  readonly taskId: string;
  /** The task that this one is a part of, or itself: the limits of tokens and money are its. */
  readonly rootId: string;
  readonly depth: number;
  readonly life: number;
  readonly origin: WorkOrigin;
  readonly cid: string | undefined;
  readonly turnId: string | undefined;
  readonly status: WorkStatus;
  /** The model that was chosen first, or `rules`. */
  readonly brain: string;
  readonly prompt: Prompt | undefined;
  /** What it does now, in words. */
  readonly note: string | undefined;
  readonly jobId: number | undefined;
  readonly workedMs: number;
}

/** What the work begins with; it is kept, so that a restart asks the same. */
export interface Prompt {
  readonly system: string;
  readonly text: string;
  /** What the person said of it themselves: the only words that are not data. */
  readonly said: string;
}

/** Where a call stands. `wanted`: the model asked for it; `asked`: a person decides; `begun`: it may have taken effect;
 * the others are ends, of which `unknown` is one that nobody knows the effect of. */
export type CallState =
  | "wanted"
  | "asked"
  | "approved"
  | "begun"
  | "answered"
  | "failed"
  | "refused"
  | "rejected"
  | "unknown"
  | "dropped";

/** One answer of the model. */
export interface AnswerStep {
  readonly kind: "answer";
  readonly seq: number;
  readonly text: string;
  readonly stopReason: StopReason;
  readonly brain: string;
  /** What the model wants back with these words. */
  readonly vendor?: VendorPart;
  readonly tokens: number;
  readonly microUsd: number;
}

/** One call that the model asked for. */
export interface CallStep {
  readonly kind: "call";
  readonly seq: number;
  readonly state: CallState;
  readonly id: string;
  /** The name that the model said. */
  readonly name: string;
  /** Undefined for a function of the house, and for a name that nobody knows. */
  readonly server: string | undefined;
  readonly tool: string | undefined;
  readonly effect: "house" | "read" | "write";
  readonly idempotent: boolean;
  readonly args: Json;
  readonly hash: string;
  /** What is told to the model, once it has ended. */
  readonly result: string | undefined;
}

/** One row of what was said and done. */
export type Step = AnswerStep | CallStep;

/** The states in which a call has ended. */
export const endedCalls: ReadonlySet<CallState> = new Set([
  "answered",
  "failed",
  "refused",
  "rejected",
  "unknown",
  "dropped",
]);
