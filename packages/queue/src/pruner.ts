import type { Log } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import { errorText } from "./error-text.ts";
import { prunedAtOnce, pruneJobs } from "./prune-jobs.ts";
import type { Retention } from "./prune-jobs.ts";

/** Removes old jobs now and then. */
export interface Pruner {
  /** Hears how many jobs have ended; every so many, old ones are pruned. No timer is set. */
  ended(jobs: number): void;
  /** Resolves when no pruning is under way any more. */
  stop(): Promise<void>;
}

/** Creates the pruner: at opening and after every 500 jobs that ended it removes at most as many as that, in a unit of
 * its own, and goes on while there are more. [Q44] */
export function createPruner(
  deps: { readonly database: Database; readonly nowMs: () => number; readonly log: Log },
  retention: Retention,
): Pruner {
  // So that the first call prunes.
  let endedJobs: number = prunedAtOnce;
  let pruning: Promise<void> | undefined;
  let stopped = false;
  const prune = async (): Promise<void> => {
    try {
      let pruned: number;
      do pruned = await deps.database.write((unit) => pruneJobs(unit, retention, deps.nowMs()));
      while (pruned >= prunedAtOnce && !stopped);
    } catch (thrown) {
      deps.log.warn("old jobs could not be pruned; the next time is soon", { error: errorText(thrown) });
    }
    pruning = undefined;
  };
  return {
    ended(jobs) {
      endedJobs += jobs;
      if (stopped || pruning !== undefined || endedJobs < prunedAtOnce) return;
      endedJobs = 0;
      pruning = prune();
    },
    async stop() {
      stopped = true;
      await pruning;
    },
  };
}
