import type { Definition, Json, Run } from "@kingly/workflow";
import { cutTitle } from "../cut-text.ts";
import type { AdvanceContext } from "./follow-up.ts";
import { toRowJson } from "./read-run.ts";

/** Creates the row of a run that has not begun, with a copy of its definition. [O5] */
export function createRunRow(
  { back, unit, workspaceId, cause }: AdvanceContext,
  definition: Definition,
  run: Run,
): void {
  back.store.runs.create(
    unit,
    {
      id: run.runId,
      workspaceId,
      workflowId: definition.id,
      title: titleOf(definition.name, run.inputs),
      definition: toRowJson(definition),
      steps: definition.steps.map((step) => ({ id: step.id, name: step.name ?? step.id })),
      // The state before anything began; the job begins it, and a crash in between begins it once.
      state: toRowJson({ ...run, steps: {} }),
      status: "queued",
      progress: 0,
    },
    cause,
  );
}

function titleOf(name: string, inputs: Readonly<Record<string, Json>>): string {
  const subject = inputs["name"] ?? inputs["title"];
  return typeof subject === "string" && subject !== "" ? cutTitle(`${name}: ${subject}`, 200) : name;
}
