import type { PlannedCommand } from "./planned-command.ts";

/** How a task is taken: at once, or in parts. */
export type Routing = "one_shot" | "split";

/** What the planner thinks of a task. `confidence` (0 to 1) is how sure it is that one go is enough. */
export interface Assessment {
  readonly intentType: string;
  readonly complexity: number;
  readonly confidence: number;
  readonly routing: Routing;
}

/** A part of a larger task. */
export interface Part {
  readonly title: string;
  readonly complexity: number;
  /** The parts that must be done before it, by their place in the list: 0 is the first. @default [] */
  readonly after?: readonly number[];
}

/** For whom the planner thinks. */
export interface Asker {
  readonly workspaceId: string;
  readonly signal?: AbortSignal;
}

/** What an utterance that the front did not understand comes to: commands to carry out, or words to say back. */
export interface Reading {
  readonly commands: readonly PlannedCommand[];
  readonly say: string;
  /** The words with which the person says yes to what `say` asks. */
  readonly offer?: string;
}

/** A workflow as its triggers describe it. */
export interface KnownWorkflow {
  readonly id: string;
  readonly name: string;
  /** What a person says to start it. */
  readonly phrases: readonly string[];
  readonly conditions: readonly { readonly condition: string; readonly confidence: number }[];
  /** Inputs that a run must bring and a phrase does not. */
  readonly missing: readonly string[];
}

/** What the planner may know when it reads an utterance. */
export interface ReadingContext {
  readonly recall: readonly { readonly text: string; readonly atMs: number }[];
  readonly tasks: readonly { readonly id: string; readonly title: string; readonly status: string }[];
  readonly workflows: readonly KnownWorkflow[];
}

/** The seam where understanding happens: rules by default, a model when there is one. [O14] */
export interface Planner {
  readonly name: string;
  assess(
    task: { readonly title: string; readonly intentType?: string; readonly complexity?: number },
    asker?: Asker,
  ): Promise<Assessment>;
  split(task: { readonly title: string; readonly intentType: string }, asker?: Asker): Promise<readonly Part[]>;
  /** Does the thinking of a workflow's `model` step: `input` is the step's `with`, the result its output. */
  draft(prompt: string, input: unknown): Promise<unknown>;
  read(text: string, context: ReadingContext, asker?: Asker): Promise<Reading>;
}
