import type { Clock } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";
import type { ClaimedJob } from "./claim-jobs.ts";
import { markAwaiting, markManyCompleted, requireHeld } from "./end-attempt.ts";
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

interface Waiting {
  readonly held: HeldJob;
  readonly ending: Ending;
  isOurs: boolean;
  resolve(allRefilled: boolean): void;
  reject(error: unknown): void;
}

interface Written {
  readonly jobs: readonly ClaimedJob[];
  readonly freed: number;
  readonly madeReady: boolean;
}

/** Creates the part that completes jobs and claims their successors in the same commit: one fsync, not two. [Q11]
 *
 * Jobs that end at the same time share one unit. When one of their finishes throws, each gets a unit of its own. */
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

  const writeAll = (unit: Unit, batch: readonly Waiting[]): Written | Promise<Written> => {
    const tally = createTally();
    const nowMs = clock.nowMs();
    const endings = batch.map(({ held, ending }) => ({ token: held.claimed, result: ending.result }));
    // The tokens first: a finish of a job that is no longer ours must not even begin.
    const ours = markManyCompleted(unit, endings, { nowMs, tally });
    const types: WorkedType[] = [];
    for (const entry of batch) {
      // The same job may be held twice while an old handler is still on its way out.
      entry.isOurs = ours.get(entry.held.claimed.id) === entry.held.claimed.claim;
      if (entry.isOurs) types.push(entry.held.type);
    }
    const refill = (): Written => {
      const jobs = slots.refill(unit, types, tally);
      tally.write(unit);
      return { jobs, freed: types.length, madeReady: tally.madeReady };
    };
    const finishing = runFinishes(unit, batch, 0);
    return finishing === undefined ? refill() : finishing.then(refill);
  };

  const completeBatch = async (known?: readonly Waiting[]): Promise<void> => {
    let batch = known;
    try {
      const { jobs, freed, madeReady } = await writer.write((unit) => {
        // Here and not before: whoever ends until this unit begins comes along.
        batch ??= takeWaiting();
        return writeAll(unit, batch);
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
      const failed = batch ?? takeWaiting();
      // One of them is at fault, and which one is not known: each alone.
      if (failed.length > 1 && failed.some((entry) => entry.ending.finish !== undefined)) {
        for (const entry of failed) void completeBatch([entry]);
      } else for (const entry of failed) entry.reject(thrown);
    }
  };

  const setAside = async (held: HeldJob, { finish }: Ending): Promise<boolean> => {
    const { claimed: token } = held;
    const { jobs, madeReady } = await writer.write((unit) => {
      const tally = createTally();
      const nowMs = clock.nowMs();
      markAwaiting(unit, token, { nowMs, tally });
      const refill = (): Written => {
        wakeParent(unit, token.id, nowMs);
        const jobs = slots.refill(unit, [held.type], tally);
        tally.write(unit);
        return { jobs, freed: 1, madeReady: tally.madeReady };
      };
      const writing = finish?.(unit);
      return writing instanceof Promise ? writing.then(refill) : refill();
    });
    slots.ended(0, madeReady);
    for (const job of jobs) slots.start(job);
    // A parent without living children is claimable again, and its own slot may be the one it needs.
    return jobs.length === 1;
  };

  return {
    complete: (held, ending) =>
      ending.awaitsChildren
        ? setAside(held, ending)
        : new Promise((resolve, reject) => {
            waiting.push({ held, ending, isOurs: false, resolve, reject });
            if (waiting.length === 1) void completeBatch();
          }),
  };
}

/** Calls the finishes of a batch one after the other; a promise only when one of them is asynchronous. */
function runFinishes(unit: Unit, batch: readonly Waiting[], from: number): Promise<void> | undefined {
  for (let index = from; index < batch.length; index += 1) {
    const entry = batch[index];
    if (entry?.isOurs !== true) continue;
    const writing = entry.ending.finish?.(unit);
    if (writing instanceof Promise) return writing.then(() => runFinishes(unit, batch, index + 1));
  }
  return undefined;
}
