import type { Json, StartRef, StepStart } from "@kingly/workflow";
import type { WorkOrigin } from "../mind/work.ts";

/** Every kind of work that the orchestrator queues, with its payload. Payloads are plain JSON. */
export type Jobs = {
  /** `origin`: who wanted the task; left out: a person. */
  readonly task_create: { readonly taskId: string; readonly origin?: WorkOrigin };
  /** `auto`: nobody has asked for the split; the ids of its parts derive from the task. */
  readonly task_split: {
    readonly taskId: string;
    readonly confidence: number;
    readonly reason: string;
    readonly auto?: boolean;
  };
  readonly task_work: { readonly taskId: string };
  /** `source`: the utterance or the task that the text is of. */
  readonly facts_learn: { readonly text: string; readonly source: string; readonly speaker: string };
  readonly workflow_execute: { readonly runId: string };
  readonly workflow_step: { readonly runId: string; readonly start: StepStart };
  readonly workflow_deadline: { readonly runId: string; readonly ref: StartRef; readonly of: "attempt" | "step" };
  readonly workflow_scheduled: {
    readonly workflowId: string;
    readonly inputs: Readonly<Record<string, Json>>;
  };
  readonly context_load: { readonly contextId: string; readonly depth: string };
  readonly memory_store: {
    readonly key: string;
    readonly value: unknown;
    readonly memoryType: string;
    readonly utteranceId: string;
  };
  readonly memory_sync: { readonly key: string };
  readonly utterance_read: { readonly utteranceId: string; readonly text: string };
};

/** The order of work, highest first; the numbers are those of the ancestor of this project. */
export const priorities: Readonly<Record<keyof Jobs, number>> = {
  utterance_read: 12,
  task_create: 10,
  task_split: 8,
  task_work: 6,
  workflow_execute: 7,
  workflow_step: 7,
  workflow_deadline: 7,
  workflow_scheduled: 7,
  context_load: 6,
  memory_store: 5,
  memory_sync: 4,
  facts_learn: 2,
};
