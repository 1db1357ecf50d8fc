import { checkInputs } from "@kingly/workflow";
import type { Acceptor } from "./accepting.ts";
import { createRun } from "./create-run.ts";

/** Creates a run of the workflow with a copy of its definition, and the job that starts it. [O5] */
export const acceptWorkflowStart: Acceptor<"workflow_start"> = (command, accepting) => {
  const { byId } = accepting.back.workflows();
  const definition = byId.get(command.workflow_id);
  if (definition === undefined) {
    const known = [...byId.keys()].join(", ") || "none";
    return {
      code: "unknown_workflow",
      message: `There is no workflow ${command.workflow_id}.`,
      recovery: `Known workflows: ${known}.`,
    };
  }
  const checked = checkInputs(definition, command.params ?? {});
  if (!checked.ok) {
    const [first] = checked.problems;
    return {
      code: "bad_params",
      message: first?.message ?? "The parameters do not fit.",
      recovery: first?.hint ?? "Look at its inputs.",
    };
  }
  createRun(accepting, definition, checked.value);
  return undefined;
};
