import { inFlight } from "@kingly/workflow";
import type { Run, StartRef } from "@kingly/workflow";
import { startName } from "./start-key.ts";

// 64 bits of the hash of what was shown: a decision about anything else does not fit.
const hashDigits = 16;

/** The id by which a person decides: the run, the start, and the hash of exactly what is shown. [O23] */
export function approvalId(runId: string, ref: StartRef, hash: string): string {
  return [runId, ...startName(ref), hash.slice(0, hashDigits)].join(".");
}

/** Finds the start that an id decides, with the whole hash; undefined when nothing that waits has this id. */
export function findApproval(run: Run, id: string): (StartRef & { readonly hash: string }) | undefined {
  for (const ref of inFlight(run)) {
    const step = run.steps[ref.stepId];
    const { shown } = (ref.item === undefined ? step : step?.items?.[ref.item]) ?? {};
    if (shown !== undefined && approvalId(run.runId, ref, shown) === id) return { ...ref, hash: shown };
  }
  return undefined;
}
