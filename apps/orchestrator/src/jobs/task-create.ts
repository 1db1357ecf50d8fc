import type { Handler } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import type { Cause, Task } from "@kingly/store";
import type { Back } from "../back.ts";
import { proposeWorkflow } from "../planner/propose-workflow.ts";
import { assess } from "../steps/assess.ts";
import { plan } from "../steps/plan.ts";
import { placeOf, queue } from "../steps/queue.ts";
import { knownWorkflows } from "../workflows/known-workflows.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

/** Assesses a new task, routes it, and queues what follows: `tr#cid:`. Without a model, and where no rule knows how, the
 * task then rests at `ready`; nothing pretends that it was done. [O3][O40] */
export function createTaskCreate(back: Back): Handler<Jobs["task_create"], "task_create"> {
  return async (job, { signal }) => {
    const workspaceId = jobWorkspace(job);
    const { taskId, origin = "person" } = job.payload;
    const task = back.store.tasks.get(workspaceId, taskId);
    if (task === undefined) return undefined;
    const opinion = await assess(back, task, signal);
    return (unit) => {
      const now = back.store.tasks.get(workspaceId, taskId, unit);
      // Cancelled meanwhile: there is nothing to route.
      if (now === undefined || now.status === "cancelled") return;
      const turnId = /^utterance:(.+)$/.exec(now.intentSource ?? "")?.[1];
      const cause = jobCause(job, "system");
      const { intentType, complexity, confidence, routing } = opinion;
      const patch = { intentType, complexity, confidence, routingDecision: routing };
      back.store.tasks.update(unit, workspaceId, taskId, patch, cause);
      if (now.status === "queued") back.store.tasks.transition(unit, workspaceId, taskId, "ready", {}, cause);
      const payload = { task_id: taskId, confidence, routing };
      const event = { eventType: "task_ready", entityType: "task", entityId: taskId, payload };
      back.store.events.append(unit, workspaceId, event, cause);
      // One that was split meanwhile is worked in its parts.
      if (now.status !== "queued" && now.status !== "ready") return;
      const place = placeOf(back, now, origin, unit);
      const tasks = back.mind.works.countTasks(workspaceId, place.rootId, unit);
      const planned = plan(back, now, opinion, { depth: place.depth, tasks });
      queue(back, unit, now, { plan: planned, place, cause: jobCause(job, "system", turnId) });
      if (planned.kind === "rest" && now.parentId === null) propose(back, unit, now, cause);
    };
  };
}

// What nobody works by itself may be something that a workflow does: it is named, and never begun.
function propose(back: Back, unit: Unit, task: Task, cause: Cause): void {
  const workflow = proposeWorkflow(task.title, knownWorkflows(back));
  if (workflow === undefined) return;
  const needs = workflow.missing.length === 0 ? "" : ` It needs ${workflow.missing.join(" and ")}.`;
  const summary = `The workflow ${workflow.name} does this. Say: run ${workflow.id}.${needs}`;
  const payload = { context_id: task.id, summary };
  const event = { eventType: "context_loaded", entityType: "task", entityId: task.id, payload };
  back.store.events.append(unit, task.workspaceId, event, cause);
}
