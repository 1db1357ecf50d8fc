import type { Definition } from "./definition.ts";
import type { Json } from "./json.ts";
import type { Advance, Run, StepRun } from "./run.ts";
import { settle } from "./settle.ts";

/** Begins a run: every step that needs nothing is started together. [W14]
 *
 * `inputs` are those that `checkInputs` returned. Pure: the same arguments give the same advance. A step whose
 * references lead nowhere in the inputs fails at once, so a run may end here. */
export function startRun(
  definition: Definition,
  options: { readonly runId: string; readonly inputs: Readonly<Record<string, Json>> },
): Advance {
  const pending: StepRun = { status: "pending", attempt: 0 };
  const run: Run = {
    runId: options.runId,
    workflowId: definition.id,
    version: definition.version,
    status: "running",
    inputs: options.inputs,
    steps: Object.fromEntries(definition.steps.map((step) => [step.id, pending])),
    progress: 0,
  };
  return settle(definition, run, run.steps);
}
