import type { Advance } from "./advance-result.ts";
import { keepError } from "./attempt-ends.ts";
import type { Definition } from "./definition.ts";
import { definitionHash } from "./definition-hash.ts";
import { openDraft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import type { Outcome } from "./outcome.ts";
import type { Run } from "./run.ts";
import { settle } from "./settle.ts";
import { takeOutcome, takeSignal } from "./take-outcome.ts";
import { WorkflowError } from "./workflow-error.ts";

/** Takes one outcome into a run and tells what to start and what to stop next. Pure and replayable. [W15][W21]
 *
 * An outcome that is stale (another attempt, a start that is not in flight, a second end, a pause of a paused run)
 * returns the very same run and starts nothing. In a run that has broken off, outcomes in flight are recorded.
 * Throws {@link WorkflowError} `definition_mismatch` when the run belongs to another definition or version. */
export function advance(definition: Definition, run: Run, outcome: Outcome): Advance {
  checkBelongs(definition, run);
  const draft = openDraft(definition, run);
  return take(draft, outcome) ? settle(draft, run, outcome) : { run, start: [], stop: [], changed: [] };
}

/** Throws {@link WorkflowError} `definition_mismatch` unless the run belongs to this definition. [W27] */
export function checkBelongs(definition: Definition, run: Run): void {
  const isSame = run.workflowId === definition.id && run.version === definition.version;
  if (isSame && (run.definitionHash === undefined || run.definitionHash === definitionHash(definition))) return;
  throw new WorkflowError(
    "definition_mismatch",
    `The run ${run.runId} belongs to ${run.workflowId} version ${run.version}, not to ${isSame ? "this text of " : ""}` +
      `${definition.id} version ${definition.version}. Advance it with the definition it was started with.`,
  );
}

function take(draft: Draft, outcome: Outcome): boolean {
  const { run, definition } = draft;
  switch (outcome.kind) {
    case "paused":
      if (run.status !== "running") return false;
      draft.run = { ...run, status: "paused" };
      return true;
    case "resumed":
      if (run.status !== "paused") return false;
      draft.run = { ...run, status: "running" };
      return true;
    case "cancelled": {
      if (run.status !== "running" && run.status !== "paused") return false;
      const error = keepError({ code: "cancelled", message: outcome.reason });
      draft.run = { ...run, status: "cancelled", error };
      return true;
    }
    case "signalled":
      return takeSignal(draft, outcome);
    default: {
      const step = definition.steps.find((each) => each.id === outcome.stepId);
      return step !== undefined && takeOutcome(draft, step, outcome);
    }
  }
}
