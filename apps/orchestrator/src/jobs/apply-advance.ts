import { advance, childOutcome, inFlight, isAwaited } from "@kingly/workflow";
import type { Advance, Definition, Outcome, Run } from "@kingly/workflow";
import { beginStart } from "./begin-start.ts";
import type { AdvanceContext, FollowUp } from "./follow-up.ts";
import { readRun, toRowJson } from "./read-run.ts";
import { dropDeadlines, stopStart } from "./stop-start.ts";
import { tellEnd } from "./tell-end.ts";
import { tellSteps } from "./tell-steps.ts";

/** Writes what an advance means, in the caller's unit: the run, an event for each step that changed, the next jobs, what
 * is stopped, and the end of the run when it has come, once. Child runs and parents that it touches are written in the
 * same unit. [O11][O22] */
export function applyAdvance(context: AdvanceContext, definition: Definition, before: Run, next: Advance): void {
  const todo: FollowUp[] = [{ kind: "apply", definition, before, next }];
  for (let one = todo.shift(); one !== undefined; one = todo.shift()) {
    if (one.kind === "apply") {
      todo.push(...writeAdvance(context, one.definition, one.before, one.next));
      continue;
    }
    const known = readRun(context.back.store, context.workspaceId, one.runId, context.unit);
    if (known === undefined) continue;
    const told = advance(known.definition, known.run, one.outcome);
    todo.push({ kind: "apply", definition: known.definition, before: known.run, next: told });
  }
}

/** Tells an outcome to a run as it stands in this unit; false when it is stale. */
export function tellRun(context: AdvanceContext, runId: string, outcome: Outcome): boolean {
  const known = readRun(context.back.store, context.workspaceId, runId, context.unit);
  if (known === undefined) return false;
  const next = advance(known.definition, known.run, outcome);
  applyAdvance(context, known.definition, known.run, next);
  return next.run !== known.run;
}

function writeAdvance(context: AdvanceContext, definition: Definition, before: Run, advanced: Advance): FollowUp[] {
  const { back, unit, workspaceId, cause } = context;
  // Stale news changes nothing, and says nothing.
  if (advanced.run === before) return [];
  const { next, followUps } = foldStops(context, definition, advanced);
  const { run } = next;
  tellSteps(context, next);
  const patch = { state: toRowJson(run), status: run.status, progress: Math.round(run.progress * 100) / 100 };
  back.store.runs.update(unit, workspaceId, run.runId, patch, cause);
  for (const ref of inFlight(before)) {
    if (!isAwaited(run, ref)) dropDeadlines(context, definition, run, ref);
  }
  followUps.push(...next.start.flatMap((start) => beginStart(context, run.runId, start)));
  // Steps that were in flight when the run ended still come in; its end is told already.
  if (run.status !== before.status && run.parent === undefined) tellEnd(context, definition, run);
  const outcome = childOutcome(run);
  if (outcome !== undefined && run.parent !== undefined) {
    followUps.push({ kind: "tell", runId: run.parent.runId, outcome });
  }
  return followUps;
}

// What is stopped is answered at once: the run is written as it stands after that, one time.
function foldStops(
  context: AdvanceContext,
  definition: Definition,
  advanced: Advance,
): { readonly next: Advance; readonly followUps: FollowUp[] } {
  let next = advanced;
  const followUps: FollowUp[] = [];
  const stops = [...advanced.stop];
  for (let ref = stops.shift(); ref !== undefined; ref = stops.shift()) {
    for (const follow of stopStart(context, definition, next.run, ref)) {
      if (follow.kind === "apply") {
        followUps.push(follow);
        continue;
      }
      const told = advance(definition, next.run, follow.outcome);
      stops.push(...told.stop);
      const changed = [...next.changed, ...told.changed];
      next = { run: told.run, start: [...next.start, ...told.start], stop: [], changed };
    }
  }
  return { next, followUps };
}
