import { LlmError } from "@kingly/llm";
import { PermanentFailure } from "@kingly/queue";
import type { HandlerOptions } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import type { Cause, Task } from "@kingly/store";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";
import { isFree } from "../mind/is-free.ts";
import { endWork, stopWork } from "../mind/end-work.ts";
import { workTask } from "../mind/work-task.ts";
import type { Working } from "../mind/work-task.ts";
import type { Prompt, Work } from "../mind/work.ts";
import { writePrompt } from "../mind/write-prompt.ts";
import { loadContext } from "../steps/load-context.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

interface WorkJob {
  readonly id: number;
  readonly payload: Jobs["task_work"];
  readonly workspaceId: string | null;
  readonly cid: string | null;
}

/** Works a task by a model or by rules: a loop of answers and calls, each written down, then ONE unit that tells its end.
 * [O43] */
export function createTaskWork(back: Back): HandlerOptions<Jobs["task_work"], "task_work"> {
  const causeOf = (job: WorkJob, work: Work): Cause =>
    jobCause(job, work.brain === "rules" ? "system" : "model", work.turnId);
  return {
    async handle(job, { signal, report }) {
      const begun = await begin(back, job);
      if (begun === undefined) return undefined;
      const { task, work } = begun;
      const { workspaceId, taskId } = work;
      let savedMs = back.clock.nowMs();
      const isOurs = (unit: Unit): boolean => {
        const now = back.mind.works.get(workspaceId, taskId, unit);
        return now?.status === "working" && now.jobId === job.id && now.life === work.life;
      };
      const spend = (unit: Unit): void => {
        const nowMs = back.clock.nowMs();
        back.mind.works.patch(unit, workspaceId, taskId, { addMs: Math.max(0, nowMs - savedMs) });
        savedMs = nowMs;
      };
      const keep: Working["keep"] = (write) =>
        back.database.write((unit) => {
          if (!isOurs(unit)) throw new Error(`The work of ${taskId} is no longer this job's.`);
          spend(unit);
          return write(unit);
        });
      try {
        const end = await workTask({ back, work, title: task.title, signal, keep }, report);
        return (unit) => {
          if (!isOurs(unit)) return;
          spend(unit);
          endWork(back, unit, task, work, end, causeOf(job, work));
        };
      } catch (thrown) {
        signal.throwIfAborted();
        // A script without an answer has none the next time either.
        if (thrown instanceof LlmError && thrown.code === "script_exhausted")
          throw new PermanentFailure(thrown.message);
        throw thrown;
      }
    },
    onDead: (job, error) => (unit) => {
      const work = back.mind.works.get(jobWorkspace(job), job.payload.taskId, unit);
      if (work === undefined || work.status === "done" || work.status === "cancelled") return;
      const why = error instanceof Error ? error.message : "unknown reason";
      const message = `The model could not do it: ${cutText(back.mind.scrub.clean(why), 500)}`;
      stopWork(back, unit, work, { code: "model_failed", message }, causeOf(job, work));
    },
  };
}

/** Takes the work up: the task runs, and what it is asked with is written down. Undefined when there is nothing to do. */
async function begin(
  back: Back,
  job: WorkJob,
): Promise<{ readonly task: Task; readonly work: Work & { readonly prompt: Prompt } } | undefined> {
  const workspaceId = jobWorkspace(job);
  const { taskId } = job.payload;
  const { works, scrub } = back.mind;
  const known = works.get(workspaceId, taskId);
  const task = back.store.tasks.get(workspaceId, taskId);
  if (known === undefined || task === undefined) return undefined;
  const prompt = known.prompt ?? writePrompt(task, await loadContext(back, workspaceId, task), scrub);
  return back.database.write((unit) => {
    const work = works.get(workspaceId, taskId, unit);
    const now = back.store.tasks.get(workspaceId, taskId, unit);
    const isOpen = work?.status === "planned" || work?.status === "working" || work?.status === "waiting";
    if (work === undefined || now === undefined || !isOpen) return undefined;
    if (now.status !== "ready" && now.status !== "running") return undefined;
    if (!isFree(back, unit, workspaceId, taskId)) return undefined;
    works.patch(unit, workspaceId, taskId, { status: "working", prompt, jobId: job.id });
    if (now.status === "ready") {
      const cause = jobCause(job, "system", work.turnId);
      back.store.tasks.transition(unit, workspaceId, taskId, "running", { progress: 0 }, cause);
    }
    return { task: now, work: { ...work, status: "working", prompt, jobId: job.id } };
  });
}
