import type { Clock, Log, Random, Timer } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { claimJobs } from "./claim-jobs.ts";
import type { Claimed, ClaimedJob, Demand, Identity, Token } from "./claim-jobs.ts";
import { release } from "./end-attempt.ts";
import { errorText } from "./error-text.ts";
import { abortLost, createHeartbeat } from "./heartbeat.ts";
import type { HeldJob, WorkedType } from "./held-job.ts";
import { createJobCompleter } from "./job-completer.ts";
import { createPatientWriter } from "./patient-writer.ts";
import { QueueError } from "./queue-error.ts";
import type { QueueSettings } from "./queue-options.ts";
import { createJobRunner } from "./run-job.ts";
import { isCurrentEpoch } from "./take-epoch.ts";
import { nextForeignLeaseMs, takeBackExpired } from "./take-back-jobs.ts";
import { tokenKey } from "./token-key.ts";

/** Claims and runs jobs of the types it was given. */
export interface Worker {
  begin(types: readonly WorkedType[]): void;
  /** Looks for due jobs soon; calls that come together share one look. */
  wake(): void;
  /** Aborts the signal of a held job; does nothing when it is not held here. */
  abort(token: Token, reason: QueueError): void;
  close(options: { readonly deadlineMs: number; readonly graceMs: number }): Promise<void>;
}

interface WorkerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

// The wall clock may jump, and a machine may sleep: a waiting queue looks again at least this often.
const longestWaitMs = 60_000;
const retryLookMs = 1000;

/** Creates the worker: it sleeps until it is woken or the next job is due, and never polls. [Q6] [Q7] [Q8] */
export function createWorker(deps: WorkerDeps, identity: Identity, settings: QueueSettings): Worker {
  const { clock, database, log } = deps;
  const types = new Map<string, WorkedType>();
  const held = new Map<string, HeldJob>();
  const running = new Set<Promise<void>>();
  const writer = createPatientWriter(deps);
  const completer = createJobCompleter(
    { clock, writer },
    {
      refill: (unit, freed) => (stopping ? [] : claimJobs(unit, identity, demandsOf(freed), time()).jobs),
      start: (job) => start(job),
    },
  );
  const runner = createJobRunner({ ...deps, writer, completer }, settings);
  const heartbeat = createHeartbeat(deps, held, { ...settings, epoch: identity.epoch });
  let due: Timer | undefined;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let stopping = false;

  const time = (): { readonly nowMs: number; readonly leaseMs: number } => ({
    nowMs: clock.nowMs(),
    leaseMs: settings.leaseMs,
  });

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
          setDue(found.nextDueMs);
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

  const look = (unit: Unit): Claimed | "superseded" => {
    if (!isCurrentEpoch(unit, identity.owner, identity.epoch)) return "superseded";
    const nowMs = clock.nowMs();
    const taken = takeBackExpired(unit, (token) => held.has(tokenKey(token)), nowMs);
    if (taken > 0) log.warn("leases ran out; their jobs are pending again", { jobs: taken });
    const demands = [...types.values()]
      .filter((type) => type.held < type.slots)
      .map((type) => ({ type: type.name, slots: type.slots - type.held }));
    const { jobs, nextDueMs } = claimJobs(unit, identity, demands, time());
    const leaseMs = nextForeignLeaseMs(unit, identity);
    const nextMs = Math.min(nextDueMs ?? Number.POSITIVE_INFINITY, leaseMs ?? Number.POSITIVE_INFINITY);
    return { jobs, nextDueMs: Number.isFinite(nextMs) ? nextMs : undefined };
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
    const type = types.get(claimed.type);
    if (type === undefined) return;
    const key = tokenKey(claimed);
    const job: HeldJob = { claimed, type, controller: new AbortController(), handlerEnded: false };
    held.set(key, job);
    type.held += 1;
    heartbeat.start();
    const ending = (stopping ? giveBack(claimed) : runner.run(job)).then((refilled) => {
      held.delete(key);
      type.held -= 1;
      running.delete(ending);
      // Only now: a look must see the free slot.
      if (!refilled) wake();
    });
    running.add(ending);
  };

  const giveBack = async (claimed: ClaimedJob): Promise<boolean> => {
    try {
      await writer.write((unit) => void release(unit, claimed, clock.nowMs()));
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
    for (const job of held.values()) abortLost(job);
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
      wake();
    },
    wake,
    abort: (token, reason) => held.get(tokenKey(token))?.controller.abort(reason),
    async close({ deadlineMs, graceMs }) {
      stopping = true;
      setDue(undefined);
      await looking;
      if (!(await waitForHeld(deadlineMs))) {
        const reason = new QueueError("CLOSED", "The queue is closing. Stop now; the job will be given back.");
        for (const job of held.values()) job.controller.abort(reason);
        const inTime = await waitForHeld(graceMs);
        writer.stop();
        // Handlers that do not listen: their jobs go back, and a finish that still comes is refused.
        if (!inTime) await Promise.all([...held.values()].map((job) => giveBack(job.claimed)));
      }
      writer.stop();
      heartbeat.stop();
    },
  };
}

function demandsOf(freed: readonly WorkedType[]): Demand[] {
  const slotsByType = new Map<string, number>();
  for (const { name } of freed) slotsByType.set(name, (slotsByType.get(name) ?? 0) + 1);
  return Array.from(slotsByType, ([type, slots]) => ({ type, slots }));
}
