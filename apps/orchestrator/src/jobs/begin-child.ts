import { createHash } from "node:crypto";
import { checkInputs, parentOf, startRun } from "@kingly/workflow";
import type { StartRef, StepStart } from "@kingly/workflow";
import type { AdvanceContext, FollowUp } from "./follow-up.ts";
import { createRunRow } from "./create-run-row.ts";
import { startName } from "./start-key.ts";

// An id has at most 128 signs, and what belongs to a step of the child puts up to 90 behind it.
const longestChildId = 36;

/** Begins the run of another workflow that a step asks for, in the same unit; a workflow that is not there, or inputs
 * that do not fit it, are the failure of the step. [O22] */
export function beginChild(context: AdvanceContext, runId: string, start: StepStart): readonly FollowUp[] {
  const parent = parentOf(runId, start);
  const { runId: _runId, ...ref } = parent;
  const fail = (code: string, message: string): readonly FollowUp[] => [
    { kind: "tell", runId, outcome: { ...ref, kind: "failed", error: { code, message }, retryable: false } },
  ];
  const definition = context.back.workflows().byId.get(start.workflow ?? "");
  if (definition === undefined) return fail("unknown_workflow", `There is no workflow ${start.workflow ?? ""}.`);
  const checked = checkInputs(definition, start.input);
  if (!checked.ok) {
    const [first] = checked.problems;
    return fail(
      "bad_params",
      `${definition.id}: ${first?.message ?? "The inputs do not fit."} ${first?.hint ?? ""}`.trim(),
    );
  }
  const childId = childRunId(runId, start);
  const options = { runId: childId, inputs: checked.value, parent, depth: start.depth ?? 1 };
  const begun = startRun(definition, options);
  createRunRow(context, definition, begun.run);
  // The row holds the run before anything began, as the row of any run does at first.
  return [{ kind: "apply", definition, before: { ...begun.run, steps: {} }, next: begun }];
}

/** The id of a child run: that of its parent and the name of its start, or a hash of both where that is long. */
export function childRunId(runId: string, start: StartRef): string {
  const plain = [runId, ...startName(start)].join(".");
  if (plain.length <= longestChildId) return plain;
  return `run_${createHash("sha256").update(plain).digest("hex").slice(0, 32)}`;
}
