import type { HandlerOptions } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import { advance } from "@kingly/workflow";
import type { Json, Outcome } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { tryPart } from "../unit-part.ts";
import { applyAdvance } from "./apply-advance.ts";
import { createStepTasks } from "./create-step-tasks.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";
import { performStep } from "./perform-step.ts";
import type { Performed } from "./perform-step.ts";
import { readRun } from "./read-run.ts";

interface StepJob {
  readonly id: number;
  readonly payload: Jobs["workflow_step"];
  readonly workspaceId: string | null;
  readonly cid: string | null;
}

type Ended = Exclude<Performed, { readonly kind: "stopped" }>;

const runOver: Ended = {
  kind: "failed",
  error: { code: "cancelled", message: "The run was over before this step began." },
  retryable: false,
};

/** Runs one attempt of one step: the work first, then ONE unit {run, events, next jobs, this job done}. [O11] */
export function createWorkflowStep(back: Back): HandlerOptions<Jobs["workflow_step"], "workflow_step"> {
  const settle = (unit: Unit, job: StepJob, ended: Ended): void => {
    const workspaceId = jobWorkspace(job);
    const { runId, start } = job.payload;
    const { stepId, attempt } = start;
    const known = readRun(back.store, workspaceId, runId, unit);
    // An attempt that is not the last: `advance` would ignore it, and so must our tasks.
    if (known?.run.steps[stepId]?.attempt !== attempt) return;
    const { definition, run } = known;
    const context = { back, unit, workspaceId, cause: jobCause(job, "workflow"), definition };
    const end = (how: Ended): void => {
      const output = (): Json =>
        how.kind === "completed" && start.kind !== "task"
          ? how.output
          : createStepTasks(context, `${runId.slice("run_".length)}_${stepId}`, start.input);
      const outcome: Outcome =
        how.kind === "failed" ? { stepId, attempt, ...how } : { stepId, attempt, kind: "completed", output: output() };
      applyAdvance(context, run, advance(definition, run, outcome));
    };
    const part = tryPart(unit, () => end(start.kind === "task" && run.status !== "running" ? runOver : ended));
    // What came out cannot be kept (too large, too deep): that is the end of this step, and no fault of the job.
    if (!part.ok) end({ kind: "failed", error: { code: "unkeepable", message: part.message }, retryable: false });
  };
  return {
    async handle(job, { signal }) {
      const { runId, start } = job.payload;
      const known = readRun(back.store, jobWorkspace(job), runId);
      const step = known?.run.steps[start.stepId];
      if (known === undefined || step?.attempt !== start.attempt) return undefined;
      // A run that was cancelled or failed meanwhile: its step is ended without being done.
      const performed =
        known.run.status === "running" ? await performStep(back, start, job.attempt > 1, signal) : runOver;
      if (performed.kind === "stopped") {
        // With the queue's own reason the job is given back, and the attempt does not count.
        signal.throwIfAborted();
        throw new Error("The call was cancelled by nobody.");
      }
      return (unit) => settle(unit, job, performed);
    },
    // The job itself failed for good (not the step): the run must hear of it, or it would wait for ever.
    onDead: (job, error) => (unit) =>
      settle(unit, job, {
        kind: "failed",
        error: { code: "job_died", message: error instanceof Error ? error.message : "The job died." },
        retryable: false,
      }),
  };
}
