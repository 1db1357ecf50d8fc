import { rerun } from "@kingly/workflow";
import type { RerunOptions } from "@kingly/workflow";
import { applyAdvance } from "../jobs/apply-advance.ts";
import { readRun } from "../jobs/read-run.ts";
import type { KnownRun } from "../jobs/read-run.ts";
import { acknowledge, complete } from "../steps/acknowledge.ts";
import type { Accepting, CommandRefusal } from "./accepting.ts";

/** A step of a run that is there; whether the run has such a step is another question. */
export interface StepPlace {
  readonly known: KnownRun;
  readonly stepId: string;
}

/** Reads `{run}.{step}`; undefined when there is no such run. */
export function findStep({ back, unit, workspaceId }: Accepting, id: string): StepPlace | undefined {
  const [, runId, stepId] = /^(.+)\.([a-z][a-z0-9_]*)$/.exec(id) ?? [];
  const known = runId === undefined ? undefined : readRun(back.store, workspaceId, runId, unit);
  return known === undefined || stepId === undefined ? undefined : { known, stepId };
}

/** Begins a run anew from one of its steps, as it was or with what is edited. [O25] */
export function rerunFrom(
  accepting: Accepting,
  { known: { definition, run, row }, stepId }: StepPlace,
  edited: Pick<RerunOptions, "inputs" | "override">,
  word: "retry" | "amend",
): CommandRefusal | undefined {
  const { back, unit, workspaceId, cause } = accepting;
  // One that is queued begins with its first steps anyway; a child begins anew with the step of its parent.
  if (row.status === "queued" || run.parent !== undefined) return notFailed(run.runId, row.status);
  const again = rerun(definition, run, { from: stepId, ...edited });
  if (!again.ok) {
    const [problem] = again.problems;
    return {
      code: problem?.code ?? "not_now",
      message: problem?.message ?? `${run.runId} cannot be begun anew now.`,
      recovery: problem?.hint ?? "Look at the list of runs.",
    };
  }
  acknowledge(accepting, "run", `${run.runId}:${word}`);
  applyAdvance({ back, unit, workspaceId, cause }, definition, run, again.value);
  complete(accepting, "run", `${run.runId}:${word}`);
  return undefined;
}

/** Says that a thing cannot be tried again as it stands. */
export function notFailed(id: string, status: string): CommandRefusal {
  return {
    code: "not_failed",
    message: `${id} is ${status}; only what failed can be tried again.`,
    recovery: "Look at the list for what failed, or create it anew.",
  };
}
