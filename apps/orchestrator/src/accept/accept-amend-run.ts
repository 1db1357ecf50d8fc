import { advance } from "@kingly/workflow";
import type { Json, Outcome } from "@kingly/workflow";
import { applyAdvance } from "../jobs/apply-advance.ts";
import type { KnownRun } from "../jobs/read-run.ts";
import { tellChildren } from "../jobs/tell-children.ts";
import { acknowledge, complete } from "../steps/acknowledge.ts";
import type { Accepting, CommandRefusal } from "./accepting.ts";

/** Changes a run: `status` to `paused` or `running`, or tells it a signal as `signal.{name}` with its value. [O25] */
export function acceptAmendRun(
  accepting: Accepting,
  { row, run, definition }: KnownRun,
  field: string,
  value: unknown,
): CommandRefusal | undefined {
  const { back, unit, workspaceId, cause } = accepting;
  const outcome = outcomeOf(field, value);
  if (outcome === undefined) {
    return {
      code: "bad_amendment",
      message: `The field ${field} of a run cannot be changed to that.`,
      recovery: "Give status as paused or running, or signal.<name> with its value.",
    };
  }
  // A run that has not begun has no steps yet that could wait or go on.
  const next = row.status === "queued" ? undefined : advance(definition, run, outcome);
  if (next === undefined || next.run === run) {
    return {
      code: "not_now",
      message: `${run.runId} is ${row.status} and cannot take that now, or has taken it before.`,
      recovery: "Look at the list of runs for how it stands.",
    };
  }
  acknowledge(accepting, "run", `${run.runId}:amend`);
  const context = { back, unit, workspaceId, cause };
  applyAdvance(context, definition, run, next);
  // A signal is for one run; a pause is for all that it has started.
  if (outcome?.kind === "paused" || outcome?.kind === "resumed") tellChildren(context, run.runId, outcome);
  complete(accepting, "run", `${run.runId}:amend`);
  return undefined;
}

function outcomeOf(field: string, value: unknown): Outcome | undefined {
  if (field === "status" && value === "paused") return { kind: "paused" };
  if (field === "status" && value === "running") return { kind: "resumed" };
  const signal = /^signal\.(.+)$/.exec(field)?.[1];
  // It came as a value of the coded language, which is JSON.
  return signal === undefined ? undefined : { kind: "signalled", signal, value: (value ?? null) as Json };
}
