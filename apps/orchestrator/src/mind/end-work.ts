import type { Unit } from "@kingly/sqlite";
import type { Cause, Task } from "@kingly/store";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";
import { jobKey } from "../jobs/job-key.ts";
import { priorities } from "../jobs/jobs.ts";
import { callApprovalId } from "./call-approval-id.ts";
import { endFamily } from "./end-family.ts";
import type { Stop } from "./find-limit.ts";
import { toolsOf } from "./do-house-call.ts";
import type { CallState, CallStep, Work } from "./work.ts";
import type { WorkEnd } from "./work-task.ts";

const maxSaid = 4000;
const maxNext = 10;

/** Writes how the work of a task ended, in the unit that ends its job. [O43] */
export function endWork(back: Back, unit: Unit, task: Task, work: Work, end: WorkEnd, cause: Cause): void {
  switch (end.kind) {
    case "done":
      return completeWork(back, unit, task, work, end, cause);
    case "stopped":
      return stopWork(back, unit, work, end, cause);
    case "waiting":
      return waitForPerson(back, unit, work, cause);
    default:
      return end satisfies never;
  }
}

/** The task rests at `ready`, and the log says why: nothing pretends that it was done. */
export function stopWork(back: Back, unit: Unit, work: Work, { code, message }: Stop, cause: Cause): void {
  const { workspaceId, taskId } = work;
  back.mind.works.patch(unit, workspaceId, taskId, { status: "stopped", note: cutText(message, 400) });
  const rests = back.store.tasks.transition(unit, workspaceId, taskId, "ready", { progress: 0 }, cause);
  const name = rests.ok ? `The task "${cutText(rests.value.title, 200)}"` : taskId;
  const payload = {
    code,
    message: cutText(back.mind.scrub.clean(`${name} is not done. ${message}`), 2000),
    recovery: `Change what is in the way, then say: retry ${taskId}`,
  };
  const event = { eventType: "error", entityType: "task", entityId: taskId, payload };
  back.store.events.append(unit, workspaceId, event, cause);
}

function completeWork(
  back: Back,
  unit: Unit,
  task: Task,
  work: Work,
  { text, brain, steps }: Extract<WorkEnd, { readonly kind: "done" }>,
  cause: Cause,
): void {
  const { workspaceId, taskId } = work;
  const calls = steps.filter((step): step is CallStep => step.kind === "call");
  const proposed = calls.flatMap(({ name, state, args }) =>
    name === "propose_next" && state === "answered" ? [(args as { readonly title: string }).title] : [],
  );
  const unsure = toolsThat(calls, ({ state }) => state === "unknown");
  // What was refused, or failed, and did not succeed another time either. A read that found nothing is no harm when others did.
  const hasAnswer = calls.some(({ state, server }) => state === "answered" && server !== undefined);
  const undone = toolsThat(
    calls,
    (call) =>
      notDone.has(call.state) &&
      (call.effect === "write" || !hasAnswer) &&
      !calls.some((other) => isSuccessOf(other, call)),
  );
  const isWhole = unsure.length === 0 && undone.length === 0;
  const said = cutText(text, maxSaid);
  back.mind.works.patch(unit, workspaceId, taskId, { status: "done", note: cutText(text, 400) });
  back.store.memory.remember(
    unit,
    {
      workspaceId,
      key: `result:${taskId}`,
      value: `${task.title}: ${said}`,
      category: "result",
      memoryType: "episodic",
      confidence: 0.7,
      speaker: brain === "rules" ? "rules" : `model:${brain}`,
      metadata: { task: taskId, model: brain, tools: toolsOf(steps), origin: work.origin },
      ...(work.turnId === undefined ? {} : { utteranceId: work.turnId }),
    },
    cause,
  );
  if (brain !== "rules" && back.mind.brains.has("facts")) {
    back.queue.add(unit, {
      type: "facts_learn",
      payload: { text: said, source: taskId, speaker: `model:${brain}` },
      workspaceId,
      priority: priorities.facts_learn,
      key: jobKey(workspaceId, "facts", taskId),
    });
  }
  back.store.tasks.transition(unit, workspaceId, taskId, "completed", {}, cause);
  const payload = {
    task_id: taskId,
    // Whatever the model says: where a call was not made, or nobody knows what it has done, not all went well.
    result: isWhole ? "success" : "partial",
    next_steps: {
      next: [...new Set(proposed)].slice(0, maxNext),
      said,
      by: brain,
      ...(unsure.length === 0 ? {} : { unknown: unsure }),
      ...(undone.length === 0 ? {} : { not_done: undone }),
    },
  };
  const event = { eventType: "task_complete", entityType: "task", entityId: taskId, payload };
  back.store.events.append(unit, workspaceId, event, cause);
  endFamily(back, unit, workspaceId, taskId, cause);
}

const notDone: ReadonlySet<CallState> = new Set(["refused", "rejected", "failed"]);

/** The tools of the calls of servers that are so, each once. */
function toolsThat(calls: readonly CallStep[], isSo: (call: CallStep) => boolean): readonly string[] {
  const names = calls.flatMap((call) =>
    call.server !== undefined && isSo(call) ? [`${call.server}.${call.tool ?? ""}`] : [],
  );
  return [...new Set(names)];
}

function isSuccessOf(other: CallStep, { server, tool }: CallStep): boolean {
  return other.state === "answered" && other.server === server && other.tool === tool;
}

/** The cards: each call that waits, told once by the id that decides it. */
function waitForPerson(back: Back, unit: Unit, work: Work, cause: Cause): void {
  const { workspaceId, taskId } = work;
  const { works } = back.mind;
  works.patch(unit, workspaceId, taskId, { status: "waiting" });
  for (const step of works.steps(work, unit)) {
    if (step.kind !== "call" || step.state !== "asked" || step.result !== undefined) continue;
    works.setCall(unit, work, step.seq, "asked", "told");
    const entityId = callApprovalId(taskId, step);
    const payload = { entity_id: entityId, status: "waiting_approval", progress: 0 };
    const event = { eventType: "status_update", entityType: "call", entityId, payload };
    back.store.events.append(unit, workspaceId, event, cause);
  }
}
