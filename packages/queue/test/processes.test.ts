import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { openQueue } from "../src/index.ts";
import type { Queue, QueueOptions } from "../src/index.ts";
import { createHarness } from "./harness.ts";
import type { Harness } from "./harness.ts";
import type { PorterJobs } from "./fixtures/porter.ts";

let harness: Harness;
let database: Database;
let queue: Queue<PorterJobs>;
beforeEach(async () => {
  harness = await createHarness();
  database = openDatabase({ path: harness.path });
  queue = await openQueue<PorterJobs>(
    { database, clock: createSystemClock(), random: createSystemRandom() },
    { owner: "test" },
  );
});
afterEach(async () => {
  await queue.close({ deadlineMs: 0, graceMs: 0 });
  await database.close();
  await harness.end();
});

interface Porter {
  readonly child: ChildProcess;
  readonly said: unknown[][];
  /** Waits until it has said something that begins with these words. */
  hears(...words: unknown[]): Promise<unknown[]>;
  end(): Promise<void>;
}

/** Starts a process that works jobs of every type. */
async function startPorter(options: QueueOptions): Promise<Porter> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "fixtures/porter.ts"), harness.path, JSON.stringify(options)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const exit = once(child, "exit");
  const said: unknown[][] = [];
  let changed = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    said.push(JSON.parse(line) as unknown[]);
    changed.resolve();
    changed = Promise.withResolvers();
  });
  const hears = async (...words: unknown[]): Promise<unknown[]> => {
    for (;;) {
      const line = said.find((each) => words.every((word, index) => each[index] === word));
      if (line !== undefined) return line;
      await changed.promise;
    }
  };
  await hears("ready");
  return {
    child,
    said,
    hears,
    async end() {
      child.stdin.write("end\n");
      await exit;
    },
  };
}

const add = (type: keyof PorterJobs, payload: number): Promise<number> =>
  database.write((unit) => queue.add(unit, { type, payload }).id);
const doneRows = (): unknown[] => database.all<{ job: number }>("SELECT job FROM done").map((row) => row.job);
const startsOf = (id: number, ...porters: Porter[]): number =>
  porters.flatMap((porter) => porter.said).filter((line) => line[0] === "started" && line[1] === id).length;
const isOver = async (id: number): Promise<void> => {
  while (queue.get(id)?.status !== "completed") await new Promise((resolve) => setTimeout(resolve, 20));
};

test(
  "[Q42] a handler that blocks the event loop for several leases is not run again by another process",
  { timeout: 60_000 },
  async () => {
    const one = await startPorter({ owner: "one", leaseMs: 800, heartbeatMs: 200 });
    const id = await add("block", 4000);
    await one.hears("started", id);
    const two = await startPorter({ owner: "two", leaseMs: 800, heartbeatMs: 200 });
    await isOver(id);
    expect(startsOf(id, one, two)).toBe(1);
    expect([doneRows(), queue.attempts(id)]).toEqual([[id], []]);
    await Promise.all([one.end(), two.end()]);
  },
);

test(
  "[Q20][Q42] without the thread the same job is taken over, and the late finish is refused",
  { timeout: 60_000 },
  async () => {
    const one = await startPorter({ owner: "one", leaseMs: 800, heartbeatMs: 200, heartbeatThread: false });
    const id = await add("block", 4000);
    await one.hears("started", id);
    const two = await startPorter({ owner: "two", leaseMs: 60_000, heartbeatMs: 200 });
    await two.hears("started", id);
    await isOver(id);
    // The first one has awoken, tried to finish, and was refused.
    await Promise.all([one.end(), two.end()]);
    expect([doneRows(), queue.attempts(id).map((attempt) => attempt.outcome)]).toEqual([[id], ["lost"]]);
  },
);

test(
  "[Q10][Q20] a process frozen by SIGSTOP loses its job to another one and finishes nothing when it awakes",
  { timeout: 60_000 },
  async () => {
    const one = await startPorter({ owner: "one", leaseMs: 800, heartbeatMs: 200 });
    const id = await add("slow", 1500);
    await one.hears("started", id);
    one.child.kill("SIGSTOP");
    const two = await startPorter({ owner: "two", leaseMs: 60_000, heartbeatMs: 200 });
    await two.hears("started", id);
    one.child.kill("SIGCONT");
    await isOver(id);
    await one.hears("told", id, "LEASE_LOST");
    await Promise.all([one.end(), two.end()]);
    expect(startsOf(id, one, two)).toBe(2);
    expect([doneRows(), queue.attempts(id).map((attempt) => attempt.outcome)]).toEqual([[id], ["lost"]]);
  },
);

test(
  "[Q46] a hundred jobs added here start in an idle process, each as soon as it is told",
  { timeout: 60_000 },
  async () => {
    const one = await startPorter({ owner: "one" });
    for (let count = 0; count < 100; count += 1) await one.hears("started", await add("quick", count));
    await one.end();
    expect(queue.counts()).toMatchObject({ completed: 100, pending: 0 });
  },
);

test("[Q37] a cancel of another process reaches the handler's signal", { timeout: 60_000 }, async () => {
  const one = await startPorter({ owner: "one" });
  const id = await add("slow", 600_000);
  await one.hears("started", id);
  await database.write((unit) => queue.cancel(unit, id, "changed my mind"));
  await one.hears("told", id, "CANCELLED");
  await one.end();
  expect([doneRows(), queue.get(id)?.status]).toEqual([[], "cancelled"]);
});
