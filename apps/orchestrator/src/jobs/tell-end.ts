import type { Definition, Run } from "@kingly/workflow";
import { cutText } from "../cut-text.ts";
import type { AdvanceContext } from "./follow-up.ts";

/** Tells the end of a run to whoever started it: its outputs, or what failed, what was undone and what was not. [O11][O24] */
export function tellEnd({ back, unit, workspaceId, cause }: AdvanceContext, definition: Definition, run: Run): void {
  const { runId, status, error } = run;
  const entity = { entityType: "run", entityId: runId };
  if (status === "completed") {
    const payload = { task_id: runId, result: "success", next_steps: run.outputs ?? {} };
    back.store.events.append(unit, workspaceId, { eventType: "task_complete", ...entity, payload }, cause);
    return;
  }
  const isCancelled = error !== undefined && error.stepId === undefined && error.code === "cancelled";
  const failed = status === "failed" || status === "compensated" || status === "compensation_failed";
  // A person who cancelled it knows, unless something was left behind.
  if (!failed || (isCancelled && status !== "compensation_failed")) return;
  const place = error?.stepId === undefined ? "" : ` at ${error.stepId}`;
  const left = (run.notUndone ?? []).map(({ stepId, item, error: why }) => {
    return `${stepId}${item === undefined ? "" : ` ${item + 1}`} (${why.message})`;
  });
  const after =
    status === "compensated"
      ? " What it had done was undone."
      : left.length > 0
        ? ` Not undone: ${left.join(", ")}.`
        : "";
  const message = `${definition.name} failed${place}: ${error?.message ?? "unknown reason"}${after}`;
  const payload = {
    code: "workflow_failed",
    message: cutText(message, 2000),
    recovery:
      left.length > 0
        ? `Undo by hand what was not undone, then say: retry ${runId}`
        : `Mend the cause, then say: retry ${runId}`,
  };
  back.store.events.append(unit, workspaceId, { eventType: "error", ...entity, payload }, cause);
}
