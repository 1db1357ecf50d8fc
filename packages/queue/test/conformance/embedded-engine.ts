import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseError, migrate, openDatabase } from "@kingly/sqlite";
import type { Database, Unit } from "@kingly/sqlite";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { defineJobs, migrateQueue, openQueue, PermanentFailure } from "../../src/index.ts";
import type {
  Finish,
  JobContext,
  JobDefinitions,
  JobEnd,
  JobRecord,
  Job,
  Queue,
  QueueOptions,
} from "../../src/index.ts";
import type { Engine, Fault, JobToAdd, JobView, Process, Run, World, WorldOptions } from "./engine.ts";

type Jobs = { a: unknown; b: unknown };

interface Subject extends Process {
  readonly queue: Queue<Jobs>;
  readonly database: Database;
  readonly clock: ManualClock;
  readonly weather: Weather;
  /** Its clock stands still. A frozen process does nothing until it awakes; a ghost's handlers may still end. */
  frozen: boolean;
  isGhost: boolean;
  behindMs: number;
  readonly whenAwake: (() => void)[];
}

/** What is wrong with a process: its disk, its lock, its clock. */
interface Weather {
  disk: "FULL" | "BUSY" | undefined;
  clockAheadMs: number;
}

/** The package on a file of its own, with manual clocks. */
export const embeddedEngine: Engine = {
  name: "embedded",
  async open(options, seed) {
    const folder = mkdtempSync(join(tmpdir(), "kingly-conformance-"));
    const path = join(folder, "jobs.db");
    const first = openDatabase({ path });
    await migrateQueue(first);
    await migrate(first, "shop", {
      "001_effect": { up: (db) => db.schema.createTable("effect").addColumn("job", "integer").execute() },
    });
    const subjects: Subject[] = [];
    const live = new Map<string, Subject>();
    const order = { next: 0 };
    const deaths: number[] = [];
    let elapsedMs = 0;

    const start = async (owner: string): Promise<Subject> => {
      const subject = await openSubject({ path, owner, options, seed, order, deaths, elapsedMs });
      subjects.push(subject);
      live.set(owner, subject);
      return subject;
    };
    await start("one");
    await start("two");
    const of = (owner: string): Subject => {
      const subject = live.get(owner);
      if (subject === undefined) throw new Error(`${owner} does not live`);
      return subject;
    };
    const pending: Promise<unknown>[] = [];
    const rest = (): Promise<void> => settle(subjects);

    const world: World = {
      one: () => of("one"),
      two: () => of("two"),
      all: () => subjects,
      nowMs: () => of("two").clock.nowMs(),
      async pass(ms) {
        // In slices, so that the clocks of the processes stay close to each other.
        for (let leftMs = ms; leftMs > 0; leftMs -= 5000) {
          const sliceMs = Math.min(5000, leftMs);
          elapsedMs += sliceMs;
          for (const subject of live.values()) {
            if (subject.frozen) subject.behindMs += sliceMs;
            else await subject.clock.advanceAsync(sliceMs);
            await rest();
          }
        }
      },
      settle: rest,
      async strike(fault, job) {
        const victim = of("one");
        await strike(fault, victim, job, { start, pending, pass: (ms) => world.pass(ms), rest });
      },
      async heal() {
        await Promise.all(pending.splice(0));
        for (const subject of live.values()) {
          subject.weather.disk = undefined;
          subject.weather.clockAheadMs = 0;
          if (!subject.frozen) continue;
          subject.frozen = false;
          await subject.clock.advanceAsync(subject.behindMs);
          subject.behindMs = 0;
          for (const act of subject.whenAwake.splice(0)) act();
        }
        await rest();
        // What could not be written is tried again within five seconds.
        await world.pass(5000);
      },
      jobs: () =>
        first.all<{ id: number }>("SELECT id FROM job_queue ORDER BY id").flatMap(({ id }) => {
          const record = of("two").queue.get(id);
          return record === undefined ? [] : [viewOf(record)];
        }),
      effects: () => first.all<{ job: number }>("SELECT job FROM effect ORDER BY job").map((row) => row.job),
      counts: () => of("two").queue.counts(),
      deaths: () => deaths,
      async end() {
        for (const subject of subjects) await subject.queue.close({ deadlineMs: 0, graceMs: 0 });
        for (const subject of subjects) await subject.database.close();
        await first.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
    return world;
  },
};

async function strike(
  fault: Fault,
  victim: Subject,
  job: number | undefined,
  world: {
    start(owner: string): Promise<Subject>;
    pending: Promise<unknown>[];
    pass(ms: number): Promise<void>;
    rest(): Promise<void>;
  },
): Promise<void> {
  switch (fault) {
    case "crash":
      // The old process lives on as a ghost: its runs may end late.
      victim.frozen = true;
      victim.isGhost = true;
      await world.start(victim.owner);
      return world.rest();
    case "freeze":
      victim.frozen = true;
      // Longer than a lease: the other process takes its jobs.
      return world.pass(31_000);
    case "busy":
      victim.weather.disk = "BUSY";
      return undefined;
    case "full disk":
      victim.weather.disk = "FULL";
      return undefined;
    case "clock jump":
      victim.weather.clockAheadMs = 3_600_000;
      return undefined;
    case "cancel race":
      // Not awaited: it meets whatever comes next.
      if (job !== undefined) world.pending.push(victim.cancel(job));
      return undefined;
    default:
      return fault satisfies never;
  }
}

async function openSubject(world: {
  readonly path: string;
  readonly owner: string;
  readonly options: WorldOptions;
  readonly seed: number;
  readonly order: { next: number };
  readonly deaths: number[];
  readonly elapsedMs: number;
}): Promise<Subject> {
  const { options, owner } = world;
  const weather: Weather = { disk: undefined, clockAheadMs: 0 };
  const real = openDatabase({ path: world.path });
  const database: Database = {
    ...real,
    write: <T>(work: (unit: Unit) => T | Promise<T>) =>
      real.write((unit) => {
        if (weather.disk === "BUSY") throw new DatabaseError("BUSY", "Another process holds the lock.");
        const value = work(unit);
        // Found out at the end: everything of the unit is taken back.
        if (weather.disk === "FULL") throw new DatabaseError("FULL", "The disk is full.");
        return value;
      }),
  };
  const clock = createManualClock();
  clock.advance(world.elapsedMs);
  const settings: QueueOptions = {
    owner,
    heartbeatThread: false,
    wakesOthers: false,
    concurrency: options.slots ?? 2,
    maxAttempts: options.maxAttempts ?? 5,
    backoffMs: options.backoffMs ?? 1000,
    maxBackoffMs: 4000,
    maxPending: options.maxPending ?? 1000,
    ...(options.keepCompleted === undefined
      ? {}
      : { retention: { completed: { forMs: 1e9, atMost: options.keepCompleted } } }),
  };
  const jobs: JobDefinitions<Jobs> = defineJobs({
    a: options.rate === undefined ? {} : { rate: options.rate },
    b: {},
  }) as JobDefinitions<Jobs>;
  const queue: Queue<Jobs> = await openQueue(
    {
      database,
      random: createSeededRandom(world.seed),
      jobs,
      clock: {
        nowMs: () => clock.nowMs() + weather.clockAheadMs,
        monotonicMs: () => clock.monotonicMs(),
        setTimer: (ms, fire) => clock.setTimer(ms, fire),
      },
    },
    settings,
  );
  const runs: Run[] = [];
  const handle = (job: Job, context: JobContext): Promise<Finish | JobEnd> =>
    new Promise((resolve, reject) => {
      const act = (work: () => void): void => {
        if (subject.frozen && !subject.isGhost) subject.whenAwake.push(work);
        else work();
      };
      runs.push(
        createRun(job, context, clock, world.order, {
          resolve: (end) => act(() => resolve(end)),
          reject: (error) => act(() => reject(error)),
        }),
      );
    });
  queue.work(
    { a: handle, b: handle },
    { onDead: (job) => (unit) => unit.afterCommit(() => world.deaths.push(job.id)) },
  );
  const write = <T>(work: (unit: Unit) => T): Promise<T> => database.write(work);
  const toJob = ({ type = "a", payload = 1, ...more }: JobToAdd): Parameters<typeof queue.add>[1] => ({
    type,
    payload,
    ...more,
  });
  const subject: Subject = {
    owner,
    queue,
    database: real,
    clock,
    weather,
    frozen: false,
    isGhost: false,
    behindMs: 0,
    whenAwake: [],
    add: (job) => write((unit) => queue.add(unit, toJob(job))),
    addMany: (many) => write((unit) => queue.addMany(unit, many.map(toJob))),
    addAndTakeBack: (job) =>
      write((unit) => {
        queue.add(unit, toJob(job));
        throw new Error("taken back");
      }),
    cancel: (id) => write((unit) => queue.cancel(unit, id, "asked")),
    retry: (id) => write((unit) => queue.retry(unit, id)),
    redrive: () => write((unit) => queue.redrive(unit)),
    pause: (type) => write((unit) => queue.pause(unit, type, "asked")),
    resume: (type) => write((unit) => queue.resume(unit, type)),
    schedule: (name, cron) => write((unit) => queue.schedule(unit, { name, cron, job: { type: "a", payload: name } })),
    unschedule: (name) => write((unit) => queue.unschedule(unit, name)),
    close: () => queue.close({ deadlineMs: 0, graceMs: 0 }),
    runs: () => runs,
  };
  return subject;
}

function createRun(
  job: Job,
  context: JobContext,
  clock: ManualClock,
  order: { next: number },
  settle: { resolve(end: Finish | JobEnd): void; reject(error: unknown): void },
): Run {
  let open = true;
  const { signal } = context;
  const startedAtMs = clock.nowMs();
  return {
    id: job.id,
    attempt: job.attempt,
    payload: job.payload,
    order: (order.next += 1),
    startedAtMs,
    told: () => (signal.aborted ? (signal.reason as { code: string }).code : undefined),
    report: (progress) => context.report(progress),
    children: () => context.children()?.map(viewOf),
    complete(more = {}) {
      open = false;
      const finish: Finish = (unit) => void unit.run("INSERT INTO effect (job) VALUES (?)", job.id);
      settle.resolve(more.awaitChildren === true ? { awaitChildren: true } : { finish, ...more });
    },
    fail(permanent = false) {
      open = false;
      settle.reject(permanent ? new PermanentFailure("asked to die") : new Error("asked to fail"));
    },
    isOpen: () => open,
  };
}

function viewOf(record: JobRecord): JobView {
  const { id, type, status, payload, attempt, error, result, concurrencyKey, group, progress } = record;
  return { id, type, status, payload, attempt, error, result, concurrencyKey, group, progress };
}

/** Lets everything come to rest: commits that wait for another process's lock need real milliseconds. */
async function settle(subjects: readonly Subject[]): Promise<void> {
  for (;;) {
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (subjects.every((subject) => subject.database.stats().waitingUnits === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
