import { createSilentLog } from "@kingly/runtime";
import type { Clock, Log, Random } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { createJobAdder } from "./add-job.ts";
import type { AddedJob, NewJob } from "./add-job.ts";
import { cancelJob } from "./cancel-job.ts";
import type { Handlers, JobAttempt, JobMap, JobRecord } from "./job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole, resolveOptions } from "./queue-options.ts";
import type { QueueOptions } from "./queue-options.ts";
import { countJobs, getJob, listAttempts, listJobs } from "./read-jobs.ts";
import type { JobCounts, JobFilter, JobPage } from "./read-jobs.ts";
import { retryJob } from "./retry-job.ts";
import { takeBackOrphans } from "./take-back-jobs.ts";
import { takeEpoch } from "./take-epoch.ts";
import { createWorker } from "./worker.ts";
import { workedTypes } from "./worked-types.ts";
import type { WorkOptions } from "./worked-types.ts";

/** What a queue needs from outside. */
export interface QueueDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** @default silent */
  readonly log?: Log;
}

/** How long `close` waits. */
export interface CloseOptions {
  /** For running handlers to end by themselves, in ms; then their signals abort. @default 10000 */
  readonly deadlineMs?: number;
  /** For aborted handlers to stop, in ms; then their jobs are given back without them. @default 1000 */
  readonly graceMs?: number;
}

/** A durable queue of typed jobs. Writing methods work inside the caller's unit; reading ones see committed state. */
export interface Queue<Jobs extends JobMap> {
  /** Adds a job; it can start once the unit is committed. Throws BAD_JOB, BAD_PAYLOAD, QUEUE_FULL, CLOSED. [Q3] [Q4] */
  add(unit: Unit, job: NewJob<Jobs>): AddedJob;
  /** Begins to claim and run jobs; once. Throws UNKNOWN_TYPE, BAD_OPTION, ALREADY_WORKING, CLOSED. */
  work(handlers: Handlers<Jobs>, options?: WorkOptions<Jobs>): void;
  /** Ends a pending or running job; a running one hears of it after the commit. Returns false when it was over. [Q22] */
  cancel(unit: Unit, id: number, reason: string): boolean;
  /** Gives a dead job a new life. Returns false when it is not dead, or a living job has its key. [Q24] */
  retry(unit: Unit, id: number): boolean;
  get(id: number): JobRecord | undefined;
  list(filter?: JobFilter): JobPage;
  counts(): JobCounts;
  /** Reads the attempts of a job that did not complete it, oldest first. */
  attempts(id: number): JobAttempt[];
  /** Stops claiming, waits for running jobs, gives back what does not end. Closing again does nothing. [Q23] */
  close(options?: CloseOptions): Promise<void>;
}

/** Opens the queue of a file: takes the owner's next epoch and its orphans back. Run `migrateQueue` first. [Q18] [Q19]
 *
 * Open an owner's name only when its earlier process is dead. Throws QueueError NOT_MIGRATED or BAD_OPTION. */
export async function openQueue<Jobs extends JobMap>(
  deps: QueueDeps,
  options: QueueOptions = {},
): Promise<Queue<Jobs>> {
  const settings = resolveOptions(options);
  const { database, random } = deps;
  // Tables hold whole milliseconds.
  const nowMs = (): number => Math.floor(deps.clock.nowMs());
  const clock: Clock = {
    nowMs,
    monotonicMs: () => deps.clock.monotonicMs(),
    setTimer: (afterMs, fire) => deps.clock.setTimer(afterMs, fire),
  };
  const log = (deps.log ?? createSilentLog()).child({ room: "queue" });
  if (database.get("SELECT 1 FROM sqlite_master WHERE name = 'queue_owners'") === undefined) {
    throw new QueueError("NOT_MIGRATED", `${database.path} has no queue tables. Call migrateQueue(database) first.`);
  }
  const { epoch, orphans } = await database.write((unit) => {
    const epoch = takeEpoch(unit, settings.owner, nowMs());
    return { epoch, orphans: takeBackOrphans(unit, { owner: settings.owner, epoch }, nowMs()) };
  });
  if (orphans > 0) log.warn("an earlier process left jobs behind; they are pending again", { orphans });

  const worker = createWorker({ database, clock, random, log }, { owner: settings.owner, epoch }, settings);
  const adder = createJobAdder({ nowMs }, settings);
  let working = false;
  let closed = false;
  let closing: Promise<void> | undefined;
  const requireOpen = (): void => {
    if (closed) throw new QueueError("CLOSED", `The queue of ${database.path} is closed. Open it again.`);
  };

  return {
    add(unit, job) {
      // Until the drain is over: a job that ends may add the next one.
      requireOpen();
      const added = adder.add(unit, job);
      if (added.added) unit.afterCommit(() => worker.wake());
      return added;
    },
    work(handlers, options = {}) {
      if (closing !== undefined) throw new QueueError("CLOSED", "The queue is closing and claims nothing more.");
      if (working) throw new QueueError("ALREADY_WORKING", "work() was called before. Give it all handlers at once.");
      const types = workedTypes(handlers, options, settings.concurrency);
      working = true;
      worker.begin(types);
    },
    cancel(unit, id, reason) {
      requireOpen();
      const cancelled = cancelJob(unit, id, reason, nowMs());
      if (cancelled.was === "running") {
        const error = new QueueError("CANCELLED", `Job ${id} was cancelled: ${reason}`);
        unit.afterCommit(() => worker.abort(cancelled.token, error));
      }
      return cancelled.was !== "over";
    },
    retry(unit, id) {
      requireOpen();
      const retried = retryJob(unit, id, nowMs());
      if (retried) unit.afterCommit(() => worker.wake());
      return retried;
    },
    get: (id) => getJob(database, id),
    list: (filter = {}) => listJobs(database, filter),
    counts: () => countJobs(database),
    attempts: (id) => listAttempts(database, id),
    close({ deadlineMs = 10_000, graceMs = 1000 } = {}) {
      checkWhole("deadlineMs", deadlineMs, 0, 86_400_000);
      checkWhole("graceMs", graceMs, 0, 86_400_000);
      closing ??= worker.close({ deadlineMs, graceMs }).then(() => void (closed = true));
      return closing;
    },
  };
}
