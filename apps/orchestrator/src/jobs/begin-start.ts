import type { StepStart } from "@kingly/workflow";
import { beginChild } from "./begin-child.ts";
import type { AdvanceContext, FollowUp } from "./follow-up.ts";
import type { Jobs } from "./jobs.ts";
import { priorities } from "./jobs.ts";
import { deadlineKey, refOf, startKey } from "./start-key.ts";

/** Begins what an advance hands out: a job, a run of another workflow, or nothing but a time limit where a signal or a
 * person is waited for. [O11][O22][O23] */
export function beginStart(context: AdvanceContext, runId: string, start: StepStart): readonly FollowUp[] {
  const { back, workspaceId } = context;
  const { stepDeadlineMs, deadlineMs, delayMs } = start;
  if (stepDeadlineMs !== undefined) addDeadline(context, runId, start, "step", stepDeadlineMs);
  const isAwaited = start.kind === "workflow" || start.hash !== undefined || start.signal !== undefined;
  if (isAwaited && deadlineMs !== undefined) addDeadline(context, runId, start, "attempt", delayMs + deadlineMs);
  if (start.kind === "workflow") return beginChild(context, runId, start);
  if (isAwaited) return [];
  const untilMs = start.untilMs === undefined ? 0 : Math.max(0, start.untilMs - back.clock.nowMs());
  const key = startKey(workspaceId, runId, start);
  addJob(context, { type: "workflow_step", payload: { runId, start } }, key, delayMs + untilMs);
  return [];
}

function addDeadline(
  context: AdvanceContext,
  runId: string,
  start: StepStart,
  of: "attempt" | "step",
  delayMs: number,
): void {
  const key = deadlineKey(context.workspaceId, runId, start, of);
  addJob(context, { type: "workflow_deadline", payload: { runId, ref: refOf(start), of } }, key, delayMs);
}

type StartJob = {
  readonly [Type in "workflow_step" | "workflow_deadline"]: { readonly type: Type; readonly payload: Jobs[Type] };
}["workflow_step" | "workflow_deadline"];

function addJob(context: AdvanceContext, job: StartJob, key: string, delayMs: number): void {
  const { back, unit, workspaceId, cause } = context;
  const cid = cause.cid === undefined ? {} : { cid: cause.cid };
  back.queue.add(unit, { ...job, workspaceId, ...cid, priority: priorities[job.type], delayMs, key });
}
