import type { HandlerOptions } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import { advance } from "@kingly/workflow";
import type { Outcome } from "@kingly/workflow";
import type { Back } from "../back.ts";
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

const runOver: Performed = {
  kind: "failed",
  error: { code: "cancelled", message: "The run was over before this step began." },
  retryable: false,
};

/** Runs one attempt of one step: the work first, then ONE unit {run, events, next jobs, this job done}. [O11] */
export function createWorkflowStep(back: Back): HandlerOptions<Jobs["workflow_step"], "workflow_step"> {
  const settle = (unit: Unit, job: StepJob, performed: Performed): void => {
    const workspaceId = jobWorkspace(job);
    const { runId, start } = job.payload;
    const known = readRun(back.store, workspaceId, runId, unit);
    if (known === undefined) return;
    const cause = jobCause(job, "workflow");
    const { stepId, attempt } = start;
    const step = known.run.steps[stepId];
    // An attempt that is not the last: `advance` would ignore it, and so must our tasks.
    if (step?.attempt !== attempt) return;
    const over = known.run.status !== "running";
    const outcome: Outcome =
      performed.kind === "failed" || (over && start.kind === "task")
        ? { stepId, attempt, ...(performed.kind === "failed" ? performed : runOver) }
        : {
            stepId,
            attempt,
            kind: "completed",
            output:
              start.kind === "task"
                ? createStepTasks(
                    { back, unit, workspaceId, cause },
                    `${runId.slice("run_".length)}_${stepId}`,
                    start.input,
                  )
                : performed.output,
          };
    applyAdvance(
      { back, unit, workspaceId, cause, definition: known.definition },
      advance(known.definition, known.run, outcome),
    );
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
