import fc from "fast-check";
import { expect, test } from "vitest";
import { PermanentFailure } from "../src/index.ts";
import { addJob, closeWithoutLeak, createHarness, doneRows, never, pass, settle, writeDone } from "./harness.ts";
import type { Harness, Opened, Run } from "./harness.ts";

// Two owners on one file live a whole life: jobs are added, run, fail, are cancelled; processes crash, freeze, wake up.
const slots = 2;
const options = { concurrency: slots, backoffMs: 1000, maxBackoffMs: 4000, maxAttempts: 3 };

type Step =
  | { readonly do: "add"; readonly priority: number; readonly delayMs: number; readonly key: string | null }
  | { readonly do: "finish" | "fail" | "kill" | "cancel" | "retry"; readonly pick: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "crash" | "freeze" | "thaw"; readonly owner: "x" | "y" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("add" as const),
        priority: fc.integer({ min: -1, max: 1 }),
        delayMs: fc.constantFrom(0, 0, 0, 700, 20_000),
        key: fc.constantFrom(null, null, "k", "l"),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom("finish", "finish", "finish", "fail", "kill", "cancel", "retry"),
        pick: fc.nat(1000),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 700, 4000, 12_000, 31_000) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom("crash" as const, "freeze" as const, "thaw" as const),
        owner: fc.constantFrom("x" as const, "y" as const),
      }),
    },
  ),
  { maxLength: 45 },
);

interface Process {
  readonly owner: string;
  readonly opened: Opened;
  /** Its clock stands still, as that of a process the system stopped; handlers may still be made to end late. */
  frozen: boolean;
  behindMs: number;
}

/** The world of one run. `dead` processes were replaced by a new epoch of their owner; they may wake up as zombies. */
class World {
  readonly live = new Map<string, Process>();
  readonly dead: Process[] = [];
  readonly added = new Map<number, string | null>();
  readonly ended = new Set<Run>();
  readonly harness: Harness;

  constructor(harness: Harness) {
    this.harness = harness;
  }

  processes(): Process[] {
    return [...this.live.values(), ...this.dead];
  }

  openRuns(): { readonly process: Process; readonly run: Run }[] {
    return this.processes().flatMap((process) =>
      process.opened.runs.filter((run) => !this.ended.has(run)).map((run) => ({ process, run })),
    );
  }

  async start(owner: string): Promise<void> {
    const before = this.live.get(owner);
    const opened = await this.harness.open({ ...options, owner });
    // All clocks begin at the same instant: catch up to what the world has lived through.
    opened.clock.advance(this.elapsedMs);
    opened.queue.work({ a: opened.held, b: never });
    if (before !== undefined) this.dead.push({ ...before, frozen: true });
    this.live.set(owner, { owner, opened, frozen: false, behindMs: 0 });
  }

  elapsedMs = 0;
  async pass(ms: number): Promise<void> {
    // In slices, so that the clocks of the processes stay close to each other.
    for (let leftMs = ms; leftMs > 0; leftMs -= 5000) {
      const sliceMs = Math.min(5000, leftMs);
      this.elapsedMs += sliceMs;
      for (const process of this.live.values()) {
        if (process.frozen) process.behindMs += sliceMs;
        else await pass(process.opened, sliceMs);
      }
    }
  }

  async thaw(process: Process): Promise<void> {
    process.frozen = false;
    await pass(process.opened, process.behindMs);
    process.behindMs = 0;
  }
}

function eye(world: World): Opened {
  const [first] = world.live.values();
  if (first === undefined) throw new Error("nobody lives");
  return first.opened;
}

interface Row {
  readonly id: number;
  readonly status: string;
  readonly attempt: number;
  readonly max: number;
  readonly key: string | null;
  readonly runAt: number;
}

function rowsOf(world: World): Row[] {
  return eye(world).database.all<Row>(
    "SELECT id, status, attempt, max_attempts AS max, dedupe_key AS key, run_at AS runAt FROM job_queue ORDER BY id",
  );
}

async function take(world: World, step: Step): Promise<void> {
  switch (step.do) {
    case "add": {
      const { id, added } = await addJob(eye(world), { type: "a", payload: 1, ...step, delayMs: step.delayMs });
      expect(added).toBe(!world.added.has(id));
      world.added.set(id, step.key);
      return;
    }
    case "finish":
    case "fail":
    case "kill": {
      const open = world.openRuns();
      const chosen = open[step.pick % Math.max(1, open.length)];
      if (chosen === undefined) return;
      const { run } = chosen;
      world.ended.add(run);
      if (step.do === "finish") run.finish(writeDone(run.job.id));
      else run.fail(step.do === "fail" ? new Error("asked to fail") : new PermanentFailure("asked to die"));
      return;
    }
    case "cancel":
    case "retry": {
      const ids = [...world.added.keys()];
      const id = ids[step.pick % Math.max(1, ids.length)];
      if (id === undefined) return;
      const { database, queue } = eye(world);
      await database.write(
        (unit) => void (step.do === "cancel" ? queue.cancel(unit, id, "asked") : queue.retry(unit, id)),
      );
      return;
    }
    case "pass":
      return world.pass(step.ms);
    case "crash":
      return world.start(step.owner);
    case "freeze":
    case "thaw": {
      const process = world.live.get(step.owner);
      if (process === undefined) return;
      if (step.do === "freeze") process.frozen = true;
      else await world.thaw(process);
    }
  }
}

/** What must be true whenever everything has settled. */
function check(world: World): void {
  const rows = rowsOf(world);
  // Nothing is lost, nothing appears from nowhere.
  expect(rows.map((row) => row.id)).toEqual([...world.added.keys()]);
  // Exactly the completed jobs left their row, each once: late, doubled and cancelled finishes left none.
  expect(doneRows(eye(world))).toEqual(rows.filter((row) => row.status === "completed").map((row) => row.id));
  const living = rows.filter((row) => row.status === "pending" || row.status === "running");
  const keys = living.flatMap((row) => row.key ?? []);
  expect(new Set(keys).size).toBe(keys.length);

  // The counters say what a scan would say.
  const scanned = { pending: 0, running: 0, completed: 0, dead: 0, cancelled: 0 };
  for (const row of rows) scanned[row.status as keyof typeof scanned] += 1;
  expect(eye(world).queue.counts()).toEqual(scanned);

  const awake = [...world.live.values()].filter((process) => !process.frozen);
  for (const row of rows) {
    const runs = world.processes().flatMap((process) => process.opened.runs.filter((run) => run.job.id === row.id));
    const kept = eye(world).queue.attempts(row.id);
    // No execution without an attempt that is on record, or that completed or runs now.
    expect(runs.length).toBeLessThanOrEqual(
      kept.length + (row.status === "completed" || row.status === "running" ? 1 : 0),
    );
    expect(row.attempt).toBeLessThanOrEqual(row.max);
    // Among processes that are awake, at most one handler believes that it holds the job.
    const holders = awake
      .flatMap((process) => process.opened.runs)
      .filter((run) => run.job.id === row.id && !world.ended.has(run) && !run.context.signal.aborted);
    expect(holders.length).toBeLessThanOrEqual(1);
    if (row.status === "dead") expect(kept.at(-1)?.outcome === "failed" || row.attempt === row.max).toBe(true);
  }
  // Nothing stands still. Processes do not wake each other yet, so this is known only of one that is alone.
  const [alone, another] = world.live.values();
  if (alone === undefined || another !== undefined || alone.frozen) return;
  const isDue = rows.some((row) => row.status === "pending" && row.runAt <= alone.opened.clock.nowMs());
  const busy = alone.opened.runs.filter((run) => !world.ended.has(run)).length;
  if (isDue) expect(busy).toBe(slots);
}

async function live(owners: readonly string[], plan: readonly Step[]): Promise<void> {
  const world = new World(await createHarness());
  for (const owner of owners) await world.start(owner);
  await settle();
  for (const step of plan) {
    if ("owner" in step && !owners.includes(step.owner)) continue;
    await take(world, step);
    await settle();
    check(world);
  }
  for (const process of world.live.values()) await world.thaw(process);
  // Everything comes to its end when handlers do their work and time passes.
  for (let round = 0; round < 200 && rowsOf(world).some(isLiving); round += 1) {
    for (const { run } of world.openRuns()) {
      world.ended.add(run);
      run.finish(writeDone(run.job.id));
    }
    await settle();
    await world.pass(31_000);
    check(world);
  }
  expect(rowsOf(world).filter(isLiving)).toEqual([]);
  for (const process of world.processes()) await closeWithoutLeak(process.opened);
  await world.harness.end();
}

function isLiving(row: Row): boolean {
  return row.status === "pending" || row.status === "running";
}

test(
  "[Q3][Q7][Q10][Q15][Q19] any life of one owner loses nothing, doubles nothing and never stands still",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, (plan) => live(["x"], plan)),
      { numRuns: 60 },
    );
  },
);

test(
  "[Q5][Q10][Q13][Q19][Q20][Q22] any life of two owners, with crashes and frozen processes, keeps each effect once",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, (plan) => live(["x", "y"], plan)),
      { numRuns: 60 },
    );
  },
);
