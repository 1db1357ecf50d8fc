import { inFlight } from "@kingly/workflow";
import type { Outcome } from "@kingly/workflow";
import { tellRun } from "./apply-advance.ts";
import { childRunId } from "./begin-child.ts";
import type { AdvanceContext } from "./follow-up.ts";
import { readRun } from "./read-run.ts";

/** Tells an outcome to every run that a run has started and that is not over, and to those that these have started. [O25] */
export function tellChildren(context: AdvanceContext, runId: string, outcome: Outcome): void {
  const known = readRun(context.back.store, context.workspaceId, runId, context.unit);
  if (known === undefined) return;
  const { definition, run } = known;
  for (const ref of inFlight(run)) {
    const step = definition.steps.find(({ id }) => id === ref.stepId);
    const action = ref.compensates === true ? step?.compensate : step;
    if (action?.kind !== "workflow") continue;
    const childId = childRunId(runId, ref);
    tellRun(context, childId, outcome);
    tellChildren(context, childId, outcome);
  }
}
