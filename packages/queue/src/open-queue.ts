import { createSilentLog } from "@kingly/runtime";
import type { Clock, Log, Random } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { createJobAdder } from "./add-job.ts";
import type { AddedJob, Addition } from "./add-job.ts";
import { cancelJob } from "./cancel-job.ts";
import type { ClaimedJob } from "./claim-jobs.ts";
import type { JobDefinitions } from "./define-jobs.ts";
import type { EndDeps } from "./end-attempt.ts";
import { errorText } from "./error-text.ts";
import { countJobs, createTally, readStats } from "./job-counts.ts";
import { createProgressKeeper } from "./job-progress.ts";
import type { JobMap } from "./job.ts";
import { checkNewJob } from "./new-job.ts";
import { pauseType, resumeType } from "./pause-type.ts";
import { createPruner } from "./pruner.ts";
import type { Queue } from "./queue.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole, resolveOptions } from "./queue-options.ts";
import type { QueueOptions } from "./queue-options.ts";
import { getJob, listAttempts, listJobs } from "./read-jobs.ts";
import { retryJob, retryMany } from "./retry-job.ts";
import { fireSchedules, listSchedules, putSchedule, removeSchedule } from "./schedules.ts";
import { searchJobs } from "./search-jobs.ts";
import { makeSearchTriggers } from "./search-triggers.ts";
import { takeBackOrphans } from "./take-back-jobs.ts";
import { takeEpoch } from "./take-epoch.ts";
import { createWorker } from "./worker.ts";
import { workedTypes } from "./worked-types.ts";

/** What a queue needs from outside. */
export interface QueueDeps<Jobs extends JobMap = JobMap, Results extends JobMap = JobMap> {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** What `defineJobs` gave: payloads are checked, and other types are refused. @default anything goes */
  readonly jobs?: JobDefinitions<Jobs, Results>;
  /** @default silent */
  readonly log?: Log;
}

const maxMany = 10_000;

/** Opens the queue of a file: takes the owner's next epoch and its orphans back. Run `migrateQueue` first. [Q18] [Q19]
 *
 * Open an owner's name only when its earlier process is dead. Throws QueueError NOT_MIGRATED or BAD_OPTION. */
export async function openQueue<Jobs extends JobMap, Results extends JobMap = JobMap>(
  deps: QueueDeps<Jobs, Results>,
  options: QueueOptions = {},
): Promise<Queue<Jobs, Results>> {
  const settings = resolveOptions(options);
  const { database, random } = deps;
  const definitions = deps.jobs?.byType;
  // Tables hold whole milliseconds.
  const nowMs = (): number => Math.floor(deps.clock.nowMs());
  const clock: Clock = {
    nowMs,
    monotonicMs: () => deps.clock.monotonicMs(),
    setTimer: (afterMs, fire) => deps.clock.setTimer(afterMs, fire),
  };
  const log = (deps.log ?? createSilentLog()).child({ room: "queue" });
  if (database.get("SELECT 1 FROM sqlite_master WHERE name = 'queue_counts'") === undefined) {
    throw new QueueError("NOT_MIGRATED", `${database.path} has no queue tables. Call migrateQueue(database) first.`);
  }
  const tallied = <T>(unit: Unit, work: (end: EndDeps) => T): T => {
    const tally = createTally();
    const value = work({ nowMs: nowMs(), tally });
    tally.write(unit);
    return value;
  };
  const { epoch, orphans } = await database.write((unit) => {
    if (settings.search) makeSearchTriggers((sql) => unit.run(sql));
    const epoch = takeEpoch(unit, settings.owner, nowMs());
    return { epoch, orphans: tallied(unit, (end) => takeBackOrphans(unit, { owner: settings.owner, epoch }, end)) };
  });
  if (orphans > 0) log.warn("an earlier process left jobs behind; they are pending again", { orphans });

  const progress = createProgressKeeper({ database, clock, log }, settings.progressMs);
  const pruner = createPruner({ database, nowMs, log }, settings.retention);
  const worker = createWorker(
    {
      database,
      clock,
      random,
      log,
      progress,
      fireSchedules: (unit, atMs) =>
        fireSchedules(unit, atMs, (inner, job, schedule) => {
          try {
            adder.addPending(inner, job);
          } catch (thrown) {
            log.error("a scheduled job could not be added; its next one will be tried", {
              schedule,
              error: errorText(thrown),
            });
          }
        }),
      ended: (jobs) => pruner.ended(jobs),
    },
    { owner: settings.owner, epoch },
    settings,
  );
  const adder = createJobAdder({ nowMs, definitions, claimer: (unit, type) => worker.claimer(unit, type) }, settings);
  pruner.ended(0);
  if (orphans > 0) worker.wakeAll();
  let working = false;
  let closed = false;
  let closing: Promise<void> | undefined;
  const requireOpen = (): void => {
    if (closed) throw new QueueError("CLOSED", `The queue of ${database.path} is closed. Open it again.`);
  };
  const startLater = (unit: Unit, { result, claimed }: Addition): AddedJob => {
    if (claimed !== undefined) {
      worker.noteAdded(claimed);
      unit.afterCommit(() => worker.startAdded(claimed));
    } else if (result.added || result.replaced === true) unit.afterCommit(() => worker.wakeAll());
    return result;
  };

  return {
    add(unit, job) {
      // Until the drain is over: a job that ends may add the next one.
      requireOpen();
      return startLater(unit, adder.add(unit, job));
    },
    addMany(unit, jobs) {
      requireOpen();
      checkWhole("the number of jobs", jobs.length, 0, maxMany);
      let news = false;
      const claimed: ClaimedJob[] = [];
      unit.afterCommit(() => {
        for (const job of claimed) worker.startAdded(job);
        if (news) worker.wakeAll();
      });
      return adder.addMany(unit, jobs, ({ result, claimed: job }) => {
        if (job !== undefined) {
          worker.noteAdded(job);
          claimed.push(job);
        } else if (result.added || result.replaced === true) news = true;
        return result;
      });
    },
    work(handlers, options = {}) {
      if (closing !== undefined) throw new QueueError("CLOSED", "The queue is closing and claims nothing more.");
      if (working) throw new QueueError("ALREADY_WORKING", "work() was called before. Give it all handlers at once.");
      const types = workedTypes(handlers, options, settings.concurrency, definitions);
      working = true;
      worker.begin(types);
    },
    cancel(unit, id, reason) {
      requireOpen();
      const { cancelled, running } = tallied(unit, (end) => cancelJob(unit, id, reason, end));
      for (const token of running) {
        const error = new QueueError("CANCELLED", `Job ${token.id} was cancelled: ${reason}`);
        unit.afterCommit(() => worker.abort(token, error));
      }
      // Others must hear of it; and jobs that waited for its key, or for it, may run now.
      if (cancelled) unit.afterCommit(() => worker.wakeAll());
      return cancelled;
    },
    retry(unit, id) {
      requireOpen();
      const retried = tallied(unit, (end) => retryJob(unit, id, end));
      if (retried) unit.afterCommit(() => worker.wakeAll());
      return retried;
    },
    redrive(unit, { type, limit = 1000 } = {}) {
      requireOpen();
      checkWhole("limit", limit, 1, maxMany);
      const retried = tallied(unit, (end) => retryMany(unit, { type, limit }, end));
      if (retried > 0) unit.afterCommit(() => worker.wakeAll());
      return retried;
    },
    pause(unit, type, reason) {
      requireOpen();
      return pauseType(unit, type, reason, nowMs());
    },
    resume(unit, type) {
      requireOpen();
      const resumed = resumeType(unit, type);
      if (resumed) unit.afterCommit(() => worker.wakeAll());
      return resumed;
    },
    schedule(unit, schedule) {
      requireOpen();
      checkNewJob(schedule.job, nowMs(), settings, definitions);
      putSchedule(unit, schedule, nowMs());
      unit.afterCommit(() => worker.wakeAll());
    },
    unschedule(unit, name) {
      requireOpen();
      return removeSchedule(unit, name);
    },
    schedules: () => listSchedules(database),
    get: (id) => getJob(database, id),
    list: (filter = {}) => listJobs(database, filter),
    search: (search) => searchJobs(database, search),
    counts: (type) => countJobs(database, type),
    stats: () => readStats(database, nowMs()),
    attempts: (id) => listAttempts(database, id),
    onProgress: (listener) => progress.listen(listener),
    close({ deadlineMs = 10_000, graceMs = 1000 } = {}) {
      checkWhole("deadlineMs", deadlineMs, 0, 86_400_000);
      checkWhole("graceMs", graceMs, 0, 86_400_000);
      closing ??= worker.close({ deadlineMs, graceMs }).then(() => {
        closed = true;
        progress.stop();
        return pruner.stop();
      });
      return closing;
    },
  };
}
