import type { Clock, Log, Timer } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import { errorText } from "./error-text.ts";
import type { HeartbeatThread } from "./heartbeat-thread.ts";
import type { HeldJob } from "./held-job.ts";
import type { HeldJobs } from "./held-jobs.ts";
import { QueueError } from "./queue-error.ts";
import { renewLeases } from "./renew-leases.ts";
import { tokenKey } from "./token-key.ts";

/** Keeps the leases of held jobs alive. */
export interface Heartbeat {
  /** Begins to beat if it does not; it stops by itself when nothing is held. */
  start(): void;
  stop(): void;
}

/** Creates the heartbeat: one timer while jobs are held, one statement for all of them. [Q13]
 *
 * A job that is no longer ours hears of it through its signal (LEASE_LOST). */
export function createHeartbeat(
  deps: {
    readonly database: Database;
    readonly clock: Clock;
    readonly log: Log;
    readonly thread: HeartbeatThread | undefined;
  },
  held: HeldJobs,
  options: { readonly epoch: number; readonly leaseMs: number; readonly heartbeatMs: number },
): Heartbeat {
  let timer: Timer | undefined;
  let beating = false;
  let stopped = false;

  const arm = (): void => {
    if (stopped || beating || timer !== undefined || held.size === 0) return;
    timer = deps.clock.setTimer(options.heartbeatMs, () => {
      timer = undefined;
      if (held.size > 0) void beat();
    });
  };
  const beat = async (): Promise<void> => {
    beating = true;
    deps.thread?.alive();
    const jobs = held.all();
    try {
      const tokens = jobs.map((job) => job.claimed);
      const kept = await deps.database.write((unit) =>
        renewLeases(unit, options.epoch, tokens, deps.clock.nowMs() + options.leaseMs),
      );
      // A job that ended meanwhile is missing from the table's running ones for a good reason.
      for (const job of jobs) if (!job.handlerEnded && !kept.has(tokenKey(job.claimed))) abortLost(job);
    } catch (thrown) {
      deps.log.warn("leases could not be renewed; trying again", { held: jobs.length, error: errorText(thrown) });
    } finally {
      beating = false;
      arm();
    }
  };

  return {
    start: arm,
    stop() {
      stopped = true;
      timer?.cancel();
      timer = undefined;
    },
  };
}

/** Tells a handler that its job belongs to somebody else now. */
export function abortLost(job: HeldJob): void {
  const message = `Job ${job.claimed.id} was cancelled or taken back. Stop working on it; its finish would be refused.`;
  job.abort(new QueueError("LEASE_LOST", message));
}
