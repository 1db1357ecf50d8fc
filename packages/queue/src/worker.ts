import type { Clock, Log, Random, Timer } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import type { ClaimedJob, ClaimTime, Demand, Identity, Token } from "./claim-jobs.ts";
import { checkHeld } from "./check-held.ts";
import { release } from "./end-attempt.ts";
import { errorText } from "./error-text.ts";
import { createForeignWakes } from "./foreign-wakes.ts";
import { abortLost, createHeartbeat } from "./heartbeat.ts";
import { createHeartbeatThread } from "./heartbeat-thread.ts";
import { createHeldJob } from "./held-job.ts";
import type { WorkedType } from "./held-job.ts";
import { createHeldJobs } from "./held-jobs.ts";
import { createJobClaimer } from "./job-claimer.ts";
import type { Claims } from "./job-claimer.ts";
import { createJobCompleter } from "./job-completer.ts";
import { createTally } from "./job-counts.ts";
import type { Tally } from "./job-counts.ts";
import type { ProgressKeeper } from "./job-progress.ts";
import { createPatientWriter } from "./patient-writer.ts";
import { promoteDue } from "./promote-due.ts";
import { QueueError } from "./queue-error.ts";
import type { QueueSettings } from "./queue-options.ts";
import { createJobRunner } from "./run-job.ts";
import { isCurrentEpoch } from "./take-epoch.ts";
import { nextForeignLeaseMs, takeBackExpired } from "./take-back-jobs.ts";
import { createTickets } from "./start-tickets.ts";

/** Claims and runs jobs of the types it was given. */
export interface Worker {
  begin(types: readonly WorkedType[]): void;
  /** Looks for due jobs soon; calls that come together share one look. */
  wake(): void;
  /** Wakes this worker and those of other processes. */
  wakeAll(): void;
  /** Says who may run a due job that is added now, if this worker can start it at once. [Q6] */
  claimer(unit: Unit, type: string): Identity | undefined;
  /** Notes that a job was added as running; `startAdded` follows after the commit. */
  noteAdded(job: ClaimedJob): void;
  startAdded(job: ClaimedJob): void;
  /** Aborts the signal of a held job; does nothing when it is not held here. */
  abort(token: Token, reason: QueueError): void;
  close(options: { readonly deadlineMs: number; readonly graceMs: number }): Promise<void>;
}

interface WorkerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly progress: ProgressKeeper;
  /** Adds jobs whose schedules are due; returns when the next one is. */
  readonly fireSchedules: (unit: Unit, nowMs: number) => number | undefined;
  /** Hears how many jobs were ended by a commit. */
  readonly ended: (jobs: number) => void;
}

interface Found {
  readonly jobs: readonly ClaimedJob[];
  readonly nextMs: number | undefined;
}

// The wall clock may jump, and a machine may sleep: a waiting queue looks again at least this often.
const longestWaitMs = 60_000;
const retryLookMs = 1000;

/** Creates the worker: it sleeps until it is woken or the next job is due, and never polls. [Q6] [Q7] [Q8] */
export function createWorker(deps: WorkerDeps, identity: Identity, settings: QueueSettings): Worker {
  const { clock, database, log } = deps;
  const types = new Map<string, WorkedType>();
  const held = createHeldJobs();
  const running = new Set<Promise<void>>();
  const tickets = createTickets();
  const writer = createPatientWriter(deps);
  const claimer = createJobClaimer(identity, types);
  const completer = createJobCompleter(
    { clock, writer },
    {
      refill: (unit, freed, tally) => (stopping ? [] : claim(unit, demandsOf(freed), tally).jobs),
      start: (job) => start(job),
      ended(jobs, others) {
        deps.ended(jobs);
        if (others) madeReady();
      },
    },
  );
  const madeReady = (): void => {
    wake();
    wakes?.poke();
  };
  const runner = createJobRunner({ ...deps, writer, completer, madeReady }, settings);
  const beats = { ...settings, path: database.path, epoch: identity.epoch };
  const thread =
    settings.heartbeatThread && database.path !== ":memory:" ? createHeartbeatThread(deps, beats) : undefined;
  const heartbeat = createHeartbeat({ ...deps, thread }, held, beats);
  const wakes =
    settings.wakesOthers && database.path !== ":memory:"
      ? createForeignWakes(deps, database.path, () => hear())
      : undefined;
  let due: Timer | undefined;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let stopping = false;

  const time = (): ClaimTime => ({ nowMs: clock.nowMs(), leaseMs: settings.leaseMs });

  const claim = (unit: Unit, demands: readonly Demand[], tally: Tally): Claims => {
    const claims = claimer.claim(unit, demands, time(), tally);
    // Until they are started: another unit may come before that, and must not give their slots away.
    for (const job of claims.jobs) tickets.take(job);
    return claims;
  };

  const wake = (): void => {
    if (types.size === 0 || stopping) return;
    lookAgain = true;
    looking ??= lookUntilCalm();
  };

  const lookUntilCalm = async (): Promise<void> => {
    while (lookAgain && !stopping) {
      try {
        const found = await database.write((unit) => {
          // Here and not before: whatever was committed until this unit began is seen by it.
          lookAgain = false;
          return look(unit);
        });
        if (found === "superseded") giveUp();
        else {
          setDue(found.nextMs);
          for (const job of found.jobs) start(job);
        }
      } catch (thrown) {
        lookAgain = false;
        log.warn("jobs could not be claimed; trying again", { error: errorText(thrown), retryLookMs });
        setDue(clock.nowMs() + retryLookMs);
      }
    }
    // In the same breath as the last test of lookAgain: a wake between the two would be lost.
    looking = undefined;
  };

  const look = (unit: Unit): Found | "superseded" => {
    if (!isCurrentEpoch(unit, identity.owner, identity.epoch)) return "superseded";
    const nowMs = clock.nowMs();
    const tally = createTally();
    const taken = takeBackExpired(unit, (token) => isOurs(token), { nowMs, tally });
    if (taken > 0) log.warn("leases ran out; their jobs are pending again", { jobs: taken });
    const scheduledMs = deps.fireSchedules(unit, nowMs);
    const dueMs = promoteDue(unit, nowMs);
    tickets.dropUndone(unit);
    const claims = claim(unit, freeTypes(), tally);
    tally.write(unit);
    const leaseMs = nextForeignLeaseMs(unit, identity);
    return { jobs: claims.jobs, nextMs: earliest(scheduledMs, dueMs, claims.nextMs, leaseMs) };
  };
  const freeTypes = (): Demand[] => {
    const demands: Demand[] = [];
    for (const { name, slots, held } of types.values()) {
      const free = slots - held - tickets.count(name);
      if (free > 0) demands.push({ type: name, slots: free });
    }
    return demands;
  };
  const isOurs = (token: Token): boolean => held.find(token) !== undefined || tickets.has(token.id);

  /** Somebody committed something: mostly nothing for us, so it is read before the lock is taken. */
  const hear = (): void => {
    if (stopping) return;
    try {
      checkHeld(database, held.all());
      if (looking === undefined && claimer.hasWork(database, freeTypes())) wake();
    } catch (thrown) {
      log.warn("a wake of another process could not be answered", { error: errorText(thrown) });
    }
  };

  const setDue = (atMs: number | undefined): void => {
    due?.cancel();
    due = undefined;
    if (atMs === undefined || stopping) return;
    const waitMs = Math.min(Math.max(1, atMs - clock.nowMs()), longestWaitMs);
    due = clock.setTimer(waitMs, () => {
      due = undefined;
      wake();
    });
  };

  const start = (claimed: ClaimedJob): void => {
    tickets.give(claimed.id);
    const type = types.get(claimed.type);
    if (type === undefined) return;
    const job = createHeldJob(claimed, type);
    held.add(job);
    type.held += 1;
    heartbeat.start();
    thread?.held(held.size);
    const ending = (stopping ? giveBack(claimed) : runner.run(job)).then((refilled) => {
      held.delete(job);
      thread?.held(held.size);
      type.held -= 1;
      running.delete(ending);
      // Only now: a look must see the free slot.
      if (!refilled) wake();
    });
    running.add(ending);
  };

  const giveBack = async (claimed: ClaimedJob): Promise<boolean> => {
    try {
      await writer.write((unit) => {
        const tally = createTally();
        release(unit, claimed, { nowMs: clock.nowMs(), tally });
        tally.write(unit);
      });
    } catch (thrown) {
      log.error("a job could not be given back; its lease will run out", {
        job: claimed.id,
        error: errorText(thrown),
      });
    }
    return false;
  };

  const giveUp = (): void => {
    stopping = true;
    lookAgain = false;
    setDue(undefined);
    log.error("another process opened this owner; this one claims nothing more", { ...identity });
    for (const job of held.all()) abortLost(job);
  };

  /** Resolves with true when nothing is held any more, with false after `waitMs`. */
  const waitForHeld = async (waitMs: number): Promise<boolean> => {
    if (running.size === 0 || waitMs === 0) return running.size === 0;
    let timer: Timer | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = clock.setTimer(waitMs, () => resolve(false));
    });
    const settled = Promise.all(running).then(() => true);
    const inTime = await Promise.race([settled, late]);
    timer?.cancel();
    return inTime;
  };

  return {
    begin(worked) {
      for (const type of worked) types.set(type.name, type);
      // First: what is committed while the first look runs is heard.
      wakes?.listen();
      wake();
    },
    wake,
    wakeAll: madeReady,
    claimer(unit, name) {
      const type = types.get(name);
      if (stopping || type === undefined || type.held + tickets.count(name) >= type.slots) return undefined;
      return claimer.mayStartAtOnce(unit, type) ? identity : undefined;
    },
    noteAdded: (job) => tickets.take(job),
    startAdded: start,
    abort: (token, reason) => held.find(token)?.abort(reason),
    async close({ deadlineMs, graceMs }) {
      stopping = true;
      setDue(undefined);
      await looking;
      if (!(await waitForHeld(deadlineMs))) {
        const reason = new QueueError("CLOSED", "The queue is closing. Stop now; the job will be given back.");
        for (const job of held.all()) job.abort(reason);
        const inTime = await waitForHeld(graceMs);
        writer.stop();
        // Handlers that do not listen: their jobs go back, and a finish that still comes is refused.
        if (!inTime) await Promise.all(held.all().map((job) => giveBack(job.claimed)));
      }
      writer.stop();
      heartbeat.stop();
      wakes?.stop();
      await thread?.stop();
    },
  };
}

function demandsOf(freed: readonly WorkedType[]): Demand[] {
  const slotsByType = new Map<string, number>();
  for (const { name } of freed) slotsByType.set(name, (slotsByType.get(name) ?? 0) + 1);
  return Array.from(slotsByType, ([type, slots]) => ({ type, slots }));
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}
