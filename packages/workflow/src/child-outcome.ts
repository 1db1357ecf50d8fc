import type { Outcome, StartRef } from "./outcome.ts";
import { isOver } from "./run.ts";
import type { Run } from "./run.ts";

/** Says what the end of a child run means for the start it belongs to; undefined while it is not over. [W33]
 *
 * Completed: its outputs are the output. Anything else fails the attempt with the child's own code, so that an unknown
 * effect stays unknown; what could not be undone is told. */
export function childOutcome(child: Run): Outcome | undefined {
  const { parent, error } = child;
  if (parent === undefined || !isOver(child)) return undefined;
  const { runId: _runId, ...ref } = parent;
  if (child.status === "completed") return { ...ref, kind: "completed", output: child.outputs ?? {} };
  const place = error?.stepId === undefined ? "" : ` at ${error.stepId}`;
  const { notUndone = [] } = child;
  const left = notUndone.length === 0 ? "" : ` Not undone: ${notUndone.map(({ stepId }) => stepId).join(", ")}.`;
  const message = `${child.workflowId} ${statusWords[child.status] ?? "failed"}${place}: ${error?.message ?? "no reason"}${left}`;
  // A child that was cancelled ended with its parent, or a person said so: another attempt is not wanted.
  const isCancelled = error !== undefined && error.stepId === undefined;
  const code = error?.code ?? "child_failed";
  return { ...ref, kind: "failed", error: { code, message }, ...(isCancelled ? { retryable: false } : {}) };
}

const statusWords: Readonly<Record<string, string>> = {
  cancelled: "was cancelled",
  compensated: "failed and was undone",
  compensation_failed: "failed and was not wholly undone",
};

/** Names the start that a child run belongs to, as its `parent`. */
export function parentOf(runId: string, ref: StartRef): Run["parent"] & object {
  const { stepId, attempt, item, compensates } = ref;
  return {
    runId,
    stepId,
    attempt,
    ...(item === undefined ? {} : { item }),
    ...(compensates === undefined ? {} : { compensates }),
  };
}
