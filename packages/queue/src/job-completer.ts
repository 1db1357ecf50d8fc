import type { Clock } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";
import type { ClaimedJob } from "./claim-jobs.ts";
import { markAwaiting, markCompleted, markManyCompleted, requireHeld } from "./end-attempt.ts";
import type { HeldJob, WorkedType } from "./held-job.ts";
import { createTally } from "./job-counts.ts";
import type { Tally } from "./job-counts.ts";
import { wakeParent } from "./job-family.ts";
import type { Finish } from "./job.ts";
import type { PatientWriter } from "./patient-writer.ts";

/** How a job is to be ended: its result as JSON, what is written with it, and whether it awaits its children first. */
export interface Ending {
  readonly result: string | null;
  readonly finish: Finish | undefined;
  readonly awaitsChildren: boolean;
}

/** Marks jobs completed. */
export interface JobCompleter {
  /** Resolves when the end is committed: true when every slot it freed has a successor already.
   *
   * Rejects with LEASE_LOST, or with what the finish threw. */
  complete(held: HeldJob, ending: Ending): Promise<boolean>;
}

/** What a completer does with the slots that it frees. */
export interface Slots {
  /** Claims jobs for slots that this same unit frees, one for each entry of `types`. */
  refill(unit: Unit, types: readonly WorkedType[], tally: Tally): readonly ClaimedJob[];
  /** Runs a job that `refill` claimed, once it is committed. */
  start(job: ClaimedJob): void;
  /** Hears how many jobs were ended by a commit, and whether others became claimable by that. */
  ended(jobs: number, madeReady: boolean): void;
}

interface Refilled {
  readonly jobs: readonly ClaimedJob[];
  readonly madeReady: boolean;
}

interface Waiting {
  readonly held: HeldJob;
  readonly result: string | null;
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
      const { jobs, freed, madeReady } = await writer.write((unit) => {
        // Here and not before: whoever ends until this unit begins comes along.
        batch ??= takeWaiting();
        const tally = createTally();
        const endings = batch.map(({ held, result }) => ({ token: held.claimed, result }));
        const ours = markManyCompleted(unit, endings, { nowMs: clock.nowMs(), tally });
        const types: WorkedType[] = [];
        for (const entry of batch) {
          // The same job may be held twice while an old handler is still on its way out.
          entry.isOurs = ours.get(entry.held.claimed.id) === entry.held.claimed.claim;
          if (entry.isOurs) types.push(entry.held.type);
        }
        const jobs = slots.refill(unit, types, tally);
        tally.write(unit);
        return { jobs, freed: types.length, madeReady: tally.madeReady };
      });
      slots.ended(freed, madeReady);
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

  const completeWith = async (held: HeldJob, ending: Ending): Promise<boolean> => {
    const { claimed: token } = held;
    const { jobs, madeReady } = await writer.write((unit) => {
      const tally = createTally();
      const end = { nowMs: clock.nowMs(), tally };
      // The token first: a finish of a job that is no longer ours must not even begin.
      if (ending.awaitsChildren) markAwaiting(unit, token, end);
      else requireHeld(token, markCompleted(unit, { token, result: ending.result }, end));
      const refill = (): Refilled => {
        if (ending.awaitsChildren) wakeParent(unit, token.id, end.nowMs);
        const jobs = slots.refill(unit, [held.type], tally);
        tally.write(unit);
        return { jobs, madeReady: tally.madeReady };
      };
      const writing = ending.finish?.(unit);
      return writing instanceof Promise ? writing.then(refill) : refill();
    });
    slots.ended(ending.awaitsChildren ? 0 : 1, madeReady);
    for (const job of jobs) slots.start(job);
    return jobs.length === 1;
  };

  return {
    complete: (held, ending) =>
      ending.finish !== undefined || ending.awaitsChildren
        ? completeWith(held, ending)
        : new Promise((resolve, reject) => {
            waiting.push({ held, result: ending.result, isOurs: false, resolve, reject });
            if (waiting.length === 1) void completeWaiting();
          }),
  };
}
