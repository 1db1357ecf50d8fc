import type { Unit } from "@kingly/sqlite";
import type { Cause } from "@kingly/store";
import type { Advance, Definition, Run } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";
import { jobKey } from "./job-key.ts";
import { priorities } from "./jobs.ts";
import { toRowJson } from "./read-run.ts";

/** Where an advance is written. */
export interface AdvanceContext {
  readonly back: Back;
  readonly unit: Unit;
  readonly workspaceId: string;
  readonly cause: Cause;
  readonly definition: Definition;
}

const progressOf: Readonly<Record<string, number>> = { completed: 1, failed: 1, skipped: 1 };

/** Writes what an advance means, in the caller's unit: the run, an event for each step that changed, the next jobs,
 * and the end of the run when it has come, once. [O11] */
export function applyAdvance(context: AdvanceContext, before: Run, next: Advance): void {
  const { back, unit, workspaceId, cause } = context;
  const { run } = next;
  // Stale news changes nothing, and says nothing.
  if (run === before) return;
  for (const { stepId, status } of next.changed) {
    const entityId = `${run.runId}.${stepId}`;
    const payload = { entity_id: entityId, status, progress: progressOf[status] ?? 0 };
    back.store.events.append(
      unit,
      workspaceId,
      { eventType: "status_update", entityType: "step", entityId, payload },
      cause,
    );
  }
  back.store.runs.update(
    unit,
    workspaceId,
    run.runId,
    { state: toRowJson(run), status: run.status, progress: Math.round(run.progress * 100) / 100 },
    cause,
  );
  for (const start of next.start) {
    back.queue.add(unit, {
      type: "workflow_step",
      payload: { runId: run.runId, start },
      workspaceId,
      ...(cause.cid === undefined ? {} : { cid: cause.cid }),
      priority: priorities.workflow_step,
      delayMs: start.delayMs,
      key: jobKey(workspaceId, run.runId, start.stepId, start.attempt),
    });
  }
  // Steps that were in flight when the run ended still come in; its end is told already.
  if (run.status === before.status) return;
  if (run.status === "completed") {
    const outputs = run.outputs ?? {};
    const result = { task_id: run.runId, result: "success", next_steps: outputs };
    back.store.events.append(
      unit,
      workspaceId,
      { eventType: "task_complete", entityType: "run", entityId: run.runId, payload: result },
      cause,
    );
  }
  if (run.status === "failed") {
    const failed = run.error;
    const payload = {
      code: "workflow_failed",
      message: cutText(
        `${context.definition.name} failed${failed?.stepId === undefined ? "" : ` at ${failed.stepId}`}: ${failed?.message ?? "unknown reason"}`,
        2000,
      ),
      recovery: `Mend the cause, then say: retry ${run.runId}`,
    };
    back.store.events.append(
      unit,
      workspaceId,
      { eventType: "error", entityType: "run", entityId: run.runId, payload },
      cause,
    );
  }
}
