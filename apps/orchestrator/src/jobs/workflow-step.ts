import type { HandlerOptions } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import { advance, isAwaited } from "@kingly/workflow";
import type { Json, Outcome } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { tryPart } from "../unit-part.ts";
import { applyAdvance } from "./apply-advance.ts";
import { createStepTasks } from "./create-step-tasks.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";
import { performInTime } from "./perform-in-time.ts";
import type { Performed } from "./perform-step.ts";
import { readRun } from "./read-run.ts";
import { refOf, startKey } from "./start-key.ts";

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
    const ref = refOf(start);
    const known = readRun(back.store, workspaceId, runId, unit);
    // An attempt that is not the last: `advance` would ignore it, and so must our tasks.
    if (known === undefined || !isAwaited(known.run, ref)) return;
    const { definition, run } = known;
    const context = { back, unit, workspaceId, cause: jobCause(job, "workflow") };
    const end = (how: Ended): void => {
      const output = (): Json =>
        how.kind === "completed" && start.kind !== "task"
          ? how.output
          : createStepTasks(context, taskPrefix(runId, start, run.steps[start.stepId]?.base), start.input);
      const outcome: Outcome =
        how.kind === "completed" ? { ...ref, kind: "completed", output: output() } : { ...ref, ...how };
      const next = advance(definition, run, outcome);
      // This very job ends in this unit: there is nothing of it to stop.
      const own = startKey(workspaceId, runId, ref);
      const stop = next.stop.filter((each) => startKey(workspaceId, runId, each) !== own);
      applyAdvance(context, definition, run, { ...next, stop });
    };
    const isOver = !mayWork(run.status, start.compensates);
    const part = tryPart(unit, () => end(start.kind === "task" && isOver ? runOver : ended));
    // What came out cannot be kept (too large, too deep): that is the end of this step, and no fault of the job.
    if (!part.ok) end({ kind: "failed", error: { code: "unkeepable", message: part.message }, retryable: false });
  };
  return {
    async handle(job, { signal, report }) {
      const { runId, start } = job.payload;
      const known = readRun(back.store, jobWorkspace(job), runId);
      if (known === undefined || !isAwaited(known.run, refOf(start))) return undefined;
      // What may take long is seen in the list of jobs while it does.
      if (start.kind === "mcp" || start.kind === "model") report(0.1, `${start.kind} ${start.stepId}`);
      // A run that was cancelled or failed meanwhile: its step is ended without being done.
      const performed = mayWork(known.run.status, start.compensates)
        ? await performInTime(back, start, job.attempt > 1, signal)
        : runOver;
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

// A paused run lets end what was handed out; one that has broken off lets only its undoing be done.
function mayWork(status: string, compensates: true | undefined): boolean {
  return compensates === true ? status === "compensating" : status === "running" || status === "paused";
}

// Ids of tasks derive from the start, so that a repeat creates nothing twice and a re-run creates anew.
function taskPrefix(runId: string, start: Jobs["workflow_step"]["start"], base = 0): string {
  const { stepId, item, compensates } = start;
  const place = item === undefined ? "" : `_i${item}`;
  return `${runId.replace(/^run_/, "")}_${stepId}${place}${base === 0 ? "" : `_r${base}`}${compensates === true ? "_undo" : ""}`;
}
