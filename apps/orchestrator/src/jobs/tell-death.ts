import type { Finish, JobOf } from "@kingly/queue";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";
import { applyAdvance } from "./apply-advance.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";
import { readRun } from "./read-run.ts";

/** Tells of a job that failed for good, in the unit in which it dies: nobody waits for its answer for ever. [O21]
 *
 * What it worked on is left where it can be taken up again: a task and a run as failed. */
export function createTellDeath(back: Back): (job: JobOf<Jobs>, error: unknown) => Finish {
  return (job, error) => (unit) => {
    const workspaceId = jobWorkspace(job);
    const cause = jobCause(job, "system");
    const message = cutText(error instanceof Error ? error.message : "The job died.", 500);
    const tell = (entityType: string, entityId: string, recovery: string): void => {
      const payload = { code: "job_died", message: `${job.type} failed for good: ${message}`, recovery };
      back.store.events.append(unit, workspaceId, { eventType: "error", entityType, entityId, payload }, cause);
    };
    switch (job.type) {
      case "task_create": {
        const { taskId } = job.payload;
        back.store.tasks.transition(unit, workspaceId, taskId, "failed", {}, cause);
        return tell("task", taskId, `Mend the cause, then say: retry ${taskId}`);
      }
      case "workflow_execute": {
        const known = readRun(back.store, workspaceId, job.payload.runId, unit);
        if (known?.row.status !== "queued") return undefined;
        const { definition, run } = known;
        const failed = { ...run, status: "failed", error: { code: "job_died", message } } as const;
        return applyAdvance({ back, unit, workspaceId, cause }, definition, run, {
          run: failed,
          start: [],
          stop: [],
          changed: [],
        });
      }
      case "task_split":
        return tell("task", job.payload.taskId, "Mend the cause, then split it again.");
      case "context_load":
        return tell("context", job.payload.contextId, "Mend the cause, then ask again.");
      case "memory_store":
        return tell("memory", job.payload.key, "Mend the cause, then say it again.");
      case "memory_sync":
        return tell(
          "memory",
          job.payload.key,
          "It is remembered and found by its words. Mend the embedder; the next memory brings this one along.",
        );
      case "workflow_scheduled":
        return tell("workflow", job.payload.workflowId, `Mend the cause, then say: run ${job.payload.workflowId}`);
      case "workflow_deadline":
        return tell("run", job.payload.runId, "It waits without a time limit now; decide, or cancel it.");
      case "facts_learn":
        return back.log.warn("what was said could not be learnt", { source: job.payload.source, why: message });
      case "task_work":
      case "utterance_read":
      case "workflow_step":
        // They have words of their own for their end.
        return undefined;
      default:
        return job satisfies never;
    }
  };
}
