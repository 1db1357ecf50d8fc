import { advance } from "@kingly/workflow";
import { applyAdvance } from "./apply-advance.ts";
import type { AdvanceContext } from "./follow-up.ts";
import type { KnownRun } from "./read-run.ts";

/** Cancels a run: its jobs leave the queue, calls that run are stopped after the commit, each such step is ended, and so
 * are the runs that it has started. [O10][O22] */
export function cancelRun(context: AdvanceContext, { definition, run }: KnownRun, reason: string): void {
  applyAdvance(context, definition, run, advance(definition, run, { kind: "cancelled", reason }));
}
