import type { Clock } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";
import type { ClaimedJob } from "./claim-jobs.ts";
import { markCompleted, requireHeld } from "./end-attempt.ts";
import type { HeldJob, WorkedType } from "./held-job.ts";
import type { Finish } from "./job.ts";
import type { PatientWriter } from "./patient-writer.ts";

/** Marks jobs completed. */
export interface JobCompleter {
  /** Resolves when the completion is committed: true when every slot it freed has a successor already.
   *
   * Rejects with LEASE_LOST, or with what the finish threw. */
  complete(held: HeldJob, finish: Finish | void): Promise<boolean>;
}

/** What a completer does with the slots that it frees. */
export interface Slots {
  /** Claims jobs for slots that this same unit frees, one for each entry of `types`. */
  refill(unit: Unit, types: readonly WorkedType[]): readonly ClaimedJob[];
  /** Runs a job that `refill` claimed, once it is committed. */
  start(job: ClaimedJob): void;
}

interface Waiting {
  readonly held: HeldJob;
  isOurs: boolean;
  resolve(allRefilled: boolean): void;
  reject(error: unknown): void;
}

/** Creates the part that completes jobs and claims their successors in the same commit: one fsync, not two. [Q11]
 *
 * Each finish has a unit of its own. Jobs that write nothing share one unit with those that end at the same time. */
export function createJobCompleter(
  deps: { readonly clock: Clock; readonly writer: PatientWriter },
  slots: Slots,
): JobCompleter {
  const { clock, writer } = deps;
  let waiting: Waiting[] = [];
  const takeWaiting = (): Waiting[] => {
    const taken = waiting;
    waiting = [];
    return taken;
  };

  const completeWaiting = async (): Promise<void> => {
    let batch: Waiting[] | undefined;
    try {
      const { jobs, freed } = await writer.write((unit) => {
        // Here and not before: whoever ends until this unit begins comes along.
        batch ??= takeWaiting();
        for (const entry of batch) entry.isOurs = markCompleted(unit, entry.held.claimed, clock.nowMs());
        const types = batch.filter((entry) => entry.isOurs).map((entry) => entry.held.type);
        return { jobs: slots.refill(unit, types), freed: types.length };
      });
      for (const job of jobs) slots.start(job);
      for (const entry of batch ?? []) {
        try {
          requireHeld(entry.held.claimed, entry.isOurs);
          entry.resolve(jobs.length === freed);
        } catch (lost) {
          entry.reject(lost);
        }
      }
    } catch (thrown) {
      for (const entry of batch ?? takeWaiting()) entry.reject(thrown);
    }
  };

  const completeWith = async (held: HeldJob, finish: Finish): Promise<boolean> => {
    const jobs = await writer.write((unit) => {
      // The token first: a finish of a job that is no longer ours must not even begin.
      requireHeld(held.claimed, markCompleted(unit, held.claimed, clock.nowMs()));
      const writing = finish(unit);
      if (writing instanceof Promise) return writing.then(() => slots.refill(unit, [held.type]));
      return slots.refill(unit, [held.type]);
    });
    for (const job of jobs) slots.start(job);
    return jobs.length === 1;
  };

  return {
    complete: (held, finish) =>
      typeof finish === "function"
        ? completeWith(held, finish)
        : new Promise((resolve, reject) => {
            waiting.push({ held, isOurs: false, resolve, reject });
            if (waiting.length === 1) void completeWaiting();
          }),
  };
}
