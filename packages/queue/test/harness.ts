import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, openDatabase } from "@kingly/sqlite";
import type { Database, Unit } from "@kingly/sqlite";
import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { ManualClock, MemoryLog } from "@kingly/runtime/testing";
import { isQueueError, migrateQueue, openQueue } from "../src/index.ts";
import type { Finish, Handler, JobEnd, Job, JobContext, Queue, QueueOptions } from "../src/index.ts";

export type Jobs = { a: unknown; b: unknown };

/** One run of a handler, in the hands of the test. */
export interface Run {
  readonly job: Job;
  readonly context: JobContext;
  finish(finish?: Finish): void;
  end(end: JobEnd): void;
  fail(error: unknown): void;
}

/** One opened queue over its own connection to the file. */
export interface Opened {
  readonly database: Database;
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  readonly queue: Queue<Jobs>;
  /** Every run begun here, oldest first. */
  readonly runs: Run[];
  /** A handler whose runs the test ends. */
  readonly held: Handler<unknown>;
}

/** A folder with one file, and everything that was opened on it. */
export interface Harness {
  readonly path: string;
  open(options?: QueueOptions, clock?: ManualClock): Promise<Opened>;
  end(): Promise<void>;
}

export async function createHarness(): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-queue-"));
  const path = join(folder, "jobs.db");
  const first = openDatabase({ path });
  await migrateQueue(first);
  await migrate(first, "shop", {
    "001_done": { up: (db) => db.schema.createTable("done").addColumn("job", "integer").execute() },
  });
  const databases = [first];
  return {
    path,
    async open(options = {}, clock = createManualClock()) {
      const database = openDatabase({ path });
      databases.push(database);
      const log = createMemoryLog();
      const queue = await openQueue<Jobs>(
        { database, clock, random: createSeededRandom(123_456_789), log },
        { heartbeatThread: false, wakesOthers: false, ...options },
      );
      const runs: Run[] = [];
      const held: Handler<unknown> = (job, context) =>
        new Promise((resolve, reject) => {
          runs.push({ job, context, finish: resolve, end: resolve, fail: reject });
        });
      return { database, clock, log, queue, runs, held };
    },
    async end() {
      for (const database of databases) await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lets commits and promises settle: a turn of the event loop for each commit that may follow another. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the clock and lets what it fires settle. */
export async function pass(opened: Opened, ms: number): Promise<void> {
  await opened.clock.advanceAsync(ms);
  await settle();
}

export function addJob(
  opened: Opened,
  job: Parameters<Queue<Jobs>["add"]>[1],
): Promise<{ id: number; added: boolean }> {
  return opened.database.write((unit) => opened.queue.add(unit, job));
}

/** Writes the business row of a job. */
export const writeDone =
  (id: number): Finish =>
  (unit: Unit) =>
    void unit.run("INSERT INTO done (job) VALUES (?)", id);

export function doneRows(opened: Opened): number[] {
  return opened.database.all<{ job: number }>("SELECT job FROM done ORDER BY job").map((row) => row.job);
}

export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (thrown) {
    return isQueueError(thrown) ? thrown.code : String(thrown);
  }
  return undefined;
}

export const never: Handler<unknown> = () => new Promise(() => {});

/** Closes at once and fails when a timer is left behind. [Q23] */
export async function closeWithoutLeak(opened: Opened): Promise<void> {
  await opened.queue.close({ deadlineMs: 0, graceMs: 0 });
  assert.equal(opened.clock.pendingTimers(), 0, "a closed queue left a timer");
}
