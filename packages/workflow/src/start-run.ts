import type { Advance } from "./advance-result.ts";
import type { Definition } from "./definition.ts";
import { definitionHash } from "./definition-hash.ts";
import { openDraft } from "./draft.ts";
import type { Json } from "./json.ts";
import type { Run, RunParent, StepRun } from "./run.ts";
import { settle } from "./settle.ts";

/** What a run begins with. */
export interface StartOptions {
  readonly runId: string;
  /** Those that `checkInputs` returned. */
  readonly inputs: Readonly<Record<string, Json>>;
  /** Of a child run: the start that it belongs to, and the `depth` of that start. @default none, 0 */
  readonly parent?: RunParent;
  readonly depth?: number;
}

/** Begins a run: every step that needs nothing is started together. [W14]
 *
 * Pure: the same arguments give the same advance. A step whose references lead nowhere in the inputs fails at once,
 * so a run may end here. */
export function startRun(definition: Definition, options: StartOptions): Advance {
  const pending: StepRun = { status: "pending", attempt: 0 };
  const run: Run = {
    format: 2,
    runId: options.runId,
    workflowId: definition.id,
    version: definition.version,
    definitionHash: definitionHash(definition),
    depth: options.depth ?? 0,
    ...(options.parent === undefined ? {} : { parent: options.parent }),
    status: "running",
    inputs: options.inputs,
    steps: Object.fromEntries(definition.steps.map((step) => [step.id, pending])),
    progress: 0,
  };
  return settle(openDraft(definition, run), run);
}
