import type { DatabaseClock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import { DatabaseError, isDatabaseError, toDatabaseError } from "./database-error.ts";
import type { Settle, UnitRunner } from "./run-unit.ts";
import { createSyncSwitch } from "./sync-switch.ts";
import type { Survives } from "./sync-switch.ts";
import type { Unit } from "./unit.ts";
import type { WriteState } from "./write-state.ts";

/** Writes units, many to a commit. */
export interface GroupCommit {
  write<T>(work: (unit: Unit) => T | Promise<T>, options?: WriteOptions): Promise<T>;
  /** Runs `work` alone, between commits and outside any transaction. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** How many units wait for a commit. */
  waitingUnits(): number;
  /** Refuses new units, and resolves when all earlier ones are settled. */
  drain(): Promise<void>;
}

/** How much a unit asks of its commit. */
export interface WriteOptions {
  /** What the unit outlives once it is committed; `process` waits for no fsync. [DB28] @default "powerCut" */
  readonly survives?: Survives;
}

/** Limits of a group. */
export interface GroupCommitOptions {
  readonly maxUnitsPerCommit: number;
  readonly maxWaitingUnits: number;
  readonly busyTimeoutMs: number;
}

/** What the one writer works with. */
export interface GroupCommitDeps {
  readonly connection: Connection;
  readonly runner: UnitRunner;
  readonly state: WriteState;
  readonly clock: DatabaseClock;
  /** Told after every commit: how many units it held, and how long it took in ms. */
  committed(units: number, ms: number): void;
}

interface Waiting {
  readonly survives: Survives;
  /** Runs inside the open transaction; returns what to do once the commit is known. */
  run(alone: boolean): Settle | Promise<Settle>;
  refuse(error: unknown): void;
}

/** How writers of several processes take turns, in ms. Nobody can be seen waiting for the lock, so a writer that met
 * others within `rememberMs`, and always has more to write, lets go for `gapMs` after each `sliceMs`. Who waits tries every
 * `firstPauseMs` to `longestPauseMs`; it also gets in between two commits of a writer that does not know of it yet. */
export const fairness = {
  sliceMs: 5,
  rememberMs: 5000,
  gapMs: 3,
  firstPauseMs: 1,
  longestPauseMs: 4,
  /** How long a lone caller, who writes again as soon as it may, can keep the event loop from turning. */
  turnMs: 3,
} as const;

/** Creates the one writer: BEGIN IMMEDIATE, a SAVEPOINT for each unit, one COMMIT, then the callers hear of it. [DB4] [DB5]
 *
 * The first unit of a turn of the event loop commits at once; those that arrive while it does share the next commit. */
export function createGroupCommit(deps: GroupCommitDeps, options: GroupCommitOptions): GroupCommit {
  const { connection, clock, state } = deps;
  const begin = connection.prepareAlone("BEGIN IMMEDIATE");
  const commit = connection.prepareAlone("COMMIT");
  const rollback = connection.prepareAlone("ROLLBACK");
  const setSync = createSyncSwitch(connection);
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let scheduled = false;
  let closed = false;
  // While the disk takes no writes: what was changed before the group that is tried.
  let changesBefore: number | undefined;
  // Of this turn of the event loop: when its first commit began, and whether we are still among the microtasks that
  // follow a commit of one unit, where only its caller, or whom it woke, can ask for more.
  let turnBeganMs: number | undefined;
  let afterLoneCommit = false;
  // Of the lock: since when we hold on to it, when we let go last, and when we met others.
  let sliceBeganMs = 0;
  let endedMs = Number.NEGATIVE_INFINITY;
  let metOthersMs = Number.NEGATIVE_INFINITY;

  const schedule = (): void => {
    if (scheduled || flushing !== undefined) return;
    scheduled = true;
    // A lone writer must not wait for a turn of the loop; a crowd must, or every socket read would pay its own fsync.
    if (turnBeganMs === undefined || (afterLoneCommit && endedMs - turnBeganMs < fairness.turnMs))
      void settled.then(start);
    else setImmediate(start);
  };
  const start = (): void => {
    scheduled = false;
    if (flushing !== undefined || waiting.length === 0) return;
    const nowMs = clock.monotonicMs();
    if (nowMs - endedMs >= fairness.gapMs) sliceBeganMs = nowMs;
    const alone = nowMs - metOthersMs >= fairness.rememberMs;
    if (alone || nowMs - sliceBeganMs < fairness.sliceMs) return flush(nowMs);
    return hold(pause(fairness.gapMs).then(() => void (sliceBeganMs = clock.monotonicMs())));
  };
  /** Keeps the next commit back until `work` is done. */
  const hold = (work: Promise<void>): void => {
    flushing = work.finally(() => {
      flushing = undefined;
      if (waiting.length > 0) schedule();
    });
  };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(ms, resolve));

  const flush = (nowMs: number): void => {
    if (turnBeganMs === undefined) {
      turnBeganMs = nowMs;
      setImmediate(() => void (turnBeganMs = undefined));
    }
    const began = tryBegin();
    if (began === true) return commitNext(nowMs);
    if (!isBusy(began)) return fail(waiting.splice(0), [], began);
    metOthersMs = nowMs;
    return hold(waitForLock(nowMs, waiting.length, began));
  };
  const tryBegin = (): unknown => {
    try {
      setSync(groupSurvives(waiting, options.maxUnitsPerCommit));
      begin.run();
      return true;
    } catch (thrown) {
      return toDatabaseError(thrown, "Committing");
    }
  };
  /** Waits for another process without blocking the loop. Units that come meanwhile share the commit. [DB11] */
  const waitForLock = async (beganMs: number, units: number, first: unknown): Promise<void> => {
    let began = first;
    for (let attempt = 0; clock.monotonicMs() - beganMs < options.busyTimeoutMs; attempt += 1) {
      // Processes that wait in step would meet again and again.
      const spread = (attempt + process.pid) % 3;
      await pause(Math.min(fairness.firstPauseMs + spread, fairness.longestPauseMs));
      began = tryBegin();
      if (began === true) {
        metOthersMs = sliceBeganMs = clock.monotonicMs();
        const committing = commitGroup(take(), sliceBeganMs);
        return committing;
      }
      if (!isBusy(began)) break;
    }
    return fail(waiting.splice(0, units), [], began);
  };

  const take = (): readonly Waiting[] =>
    waiting.length <= options.maxUnitsPerCommit ? waiting.splice(0) : waiting.splice(0, options.maxUnitsPerCommit);
  const commitNext = (nowMs: number): void => {
    const running = commitGroup(take(), nowMs);
    if (running !== undefined) hold(running);
    else if (waiting.length > 0) schedule();
  };

  /** Runs and commits a group in the open transaction; a promise only when one of its units is asynchronous. */
  const commitGroup = (group: readonly Waiting[], beganMs: number): Promise<void> | undefined => {
    const alone = group.length === 1;
    const settles: Settle[] = [];
    changesBefore = state.now().state === "ok" ? undefined : connection.totalChanges();
    for (const entry of group) {
      try {
        const settle = entry.run(alone);
        if (settle instanceof Promise) return commitRest(group, settles, settle, beganMs);
        settles.push(settle);
      } catch (thrown) {
        return fail(group.slice(settles.length), settles, thrown);
      }
      if (!connection.inTransaction()) return failRolledBack(group, settles);
    }
    return finish(settles, beganMs);
  };
  const commitRest = async (
    group: readonly Waiting[],
    settles: Settle[],
    first: Promise<Settle>,
    beganMs: number,
  ): Promise<void> => {
    const alone = group.length === 1;
    try {
      settles.push(await first);
      while (connection.inTransaction()) {
        const entry = group[settles.length];
        if (entry === undefined) return finish(settles, beganMs);
        const settle = entry.run(alone);
        settles.push(settle instanceof Promise ? await settle : settle);
      }
    } catch (thrown) {
      return fail(group.slice(settles.length), settles, thrown);
    }
    return failRolledBack(group, settles);
  };

  const finish = (settles: readonly Settle[], beganMs: number): undefined => {
    try {
      commit.run();
    } catch (thrown) {
      return fail([], settles, thrown);
    }
    endedMs = clock.monotonicMs();
    // Whether the disk takes writes again shows only when something was written.
    if (changesBefore !== undefined && connection.totalChanges() !== changesBefore) state.committed();
    deps.committed(settles.length, endedMs - beganMs);
    if (settles.length === 1 && !afterLoneCommit) {
      afterLoneCommit = true;
      // A tick asked for by a microtask runs when the microtasks are done; asked for here it might run before them.
      void settled.then(() => process.nextTick(() => void (afterLoneCommit = false)));
    }
    for (const settle of settles) settle.committed();
    return undefined;
  };
  const fail = (refused: readonly Waiting[], settles: readonly Settle[], thrown: unknown): undefined => {
    if (connection.inTransaction()) rollback.run();
    endedMs = clock.monotonicMs();
    const error = state.failed(toDatabaseError(thrown, "Committing"));
    for (const settle of settles) settle.failed(error);
    for (const entry of refused) entry.refuse(error);
    return undefined;
  };
  /** The transaction is gone: a unit alone was taken back with it, or SQLite rolled back, as when the disk is full. */
  const failRolledBack = (group: readonly Waiting[], settles: readonly Settle[]): undefined => {
    const own = group.length === 1 ? settles[0]?.takenBack : undefined;
    if (own?.bySqlite === false) return void settles[0]?.failed(own.error);
    const full = new DatabaseError("FULL", "SQLite rolled the shared commit back: the disk is full. Free some space.");
    return fail(group.slice(settles.length), settles, own?.error ?? full);
  };

  return {
    write<T>(work: (unit: Unit) => T | Promise<T>, { survives = "powerCut" }: WriteOptions = {}) {
      return new Promise<T>((resolve, reject) => {
        if (closed) return reject(new DatabaseError("CLOSED", "The database is closed. Open it again before writing."));
        const refusal = state.refusal();
        if (refusal !== undefined) return reject(refusal);
        if (waiting.length >= options.maxWaitingUnits) {
          const message = `${waiting.length} write units wait already (maxWaitingUnits). Try again when some are settled.`;
          return reject(new DatabaseError("OVERLOADED", message));
        }
        waiting.push({ survives, run: (alone) => deps.runner.run(work, alone, resolve, reject), refuse: reject });
        return schedule();
      });
    },
    async exclusive(work) {
      while (flushing !== undefined) await flushing;
      setSync("powerCut");
      const running = work();
      // Its error is the caller's; here only its end counts.
      hold(Promise.allSettled([running]).then(() => {}));
      return running;
    },
    waitingUnits: () => waiting.length,
    async drain() {
      closed = true;
      while (flushing !== undefined || waiting.length > 0) {
        if (flushing === undefined) start();
        await flushing;
      }
    },
  };
}

/** The most that any unit of the next group asks for: they share its fsync. */
function groupSurvives(waiting: readonly Waiting[], maxUnits: number): Survives {
  for (const [at, { survives }] of waiting.entries()) {
    if (at === maxUnits) break;
    if (survives === "powerCut") return "powerCut";
  }
  return "process";
}

// Cheaper than Node's queueMicrotask, which makes a resource for its hooks each time: 4 us of a lone commit's 140.
const settled = Promise.resolve();

const isBusy = (value: unknown): boolean => isDatabaseError(value) && value.code === "BUSY";
