import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { migrateQueue, openQueue } from "@kingly/queue";
import type { Queue, QueueOptions } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import type { PorterJobs } from "../../packages/queue/test/fixtures/porter.ts";

interface House {
  readonly database: Database;
  readonly queue: Queue<PorterJobs>;
  start(options: QueueOptions, heard: (line: readonly unknown[]) => void): Promise<Porter>;
  end(): Promise<void>;
}

interface Porter {
  readonly pid: number;
  end(): Promise<void>;
}

async function openHouse(): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-queue-proof-"));
  const path = join(folder, "jobs.db");
  const database = openDatabase({ path });
  await migrateQueue(database);
  await database.write((unit) => void unit.run("CREATE TABLE done (job INTEGER)"));
  const deps = { database, clock: createSystemClock(), random: createSystemRandom() };
  const queue = await openQueue<PorterJobs>(deps, { owner: "proof" });
  return {
    database,
    queue,
    async start(options, heard) {
      const porter = join(import.meta.dirname, "../../packages/queue/test/fixtures/porter.ts");
      const child = spawn(process.execPath, [porter, path, JSON.stringify(options)], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      const ready = Promise.withResolvers<void>();
      createInterface({ input: child.stdout }).on("line", (line) => {
        const words = JSON.parse(line) as readonly unknown[];
        if (words[0] === "ready") ready.resolve();
        heard(words);
      });
      await ready.promise;
      return {
        pid: child.pid ?? 0,
        async end() {
          child.stdin.write("end\n");
          await once(child, "exit");
        },
      };
    },
    async end() {
      await queue.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const nowMs = (): number => performance.timeOrigin + performance.now();
const cpuTicks = (pid: number): number =>
  readFileSync(`/proc/${pid}/stat`, "utf8")
    .split(" ")
    .slice(13, 15)
    .reduce((sum, ticks) => sum + Number(ticks), 0);

/** Adds jobs here that start in another, idle process. `late` ones were not told: the look after 250 ms found them. */
export async function wakeAndCount(
  wakes: number,
): Promise<{ readonly ms: number[]; readonly late: number; readonly idleCpuPercent: number }> {
  const house = await openHouse();
  const started = new Map<number, (at: number) => void>();
  const porter = await house.start({ owner: "idle" }, ([what, id, at]) => {
    if (what === "started") started.get(Number(id))?.(Number(at));
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const ticks = cpuTicks(porter.pid);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const idleCpuPercent = (cpuTicks(porter.pid) - ticks) / 5;
  const ms: number[] = [];
  for (let wake = 0; wake < wakes; wake += 1) {
    const heard = Promise.withResolvers<number>();
    let committedAt = 0;
    await house.database.write((unit) => {
      const { id } = house.queue.add(unit, { type: "quick", payload: wake });
      started.set(id, heard.resolve);
      unit.afterCommit(() => (committedAt = nowMs()));
    });
    ms.push((await heard.promise) - committedAt);
    started.clear();
  }
  await porter.end();
  await house.end();
  return { ms, late: ms.filter((each) => each > 240).length, idleCpuPercent };
}

/** Blocks the event loop of one process inside a handler, with leases of three seconds, while another one is idle. */
export async function blockAndCount(blockMs: number): Promise<{ readonly starts: number; readonly effects: number }> {
  const house = await openHouse();
  let starts = 0;
  const count = ([what]: readonly unknown[]): void => {
    if (what === "started") starts += 1;
  };
  const lease = { leaseMs: 3000, heartbeatMs: 500 };
  const one = await house.start({ owner: "one", ...lease }, count);
  const id = await house.database.write((unit) => house.queue.add(unit, { type: "block", payload: blockMs }).id);
  while (starts === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const two = await house.start({ owner: "two", ...lease }, count);
  while (house.queue.get(id)?.status !== "completed") await new Promise((resolve) => setTimeout(resolve, 100));
  await Promise.all([one.end(), two.end()]);
  const effects = house.database.get<{ n: number }>("SELECT count(*) AS n FROM done")?.n ?? 0;
  await house.end();
  return { starts, effects };
}

/** Cancels jobs that run in another process. Returns how long after the commit each handler's signal aborted there, in ms. */
export async function cancelAcross(count: number): Promise<number[]> {
  const house = await openHouse();
  const ms: number[] = [];
  let begun = Promise.withResolvers<void>();
  let told = Promise.withResolvers<void>();
  let committedAt = 0;
  const porter = await house.start({ owner: "worker" }, ([what]) => {
    if (what === "started") begun.resolve();
    if (what === "told") {
      // With the way of the word back to us.
      ms.push(nowMs() - committedAt);
      told.resolve();
    }
  });
  for (let index = 0; index < count; index += 1) {
    begun = Promise.withResolvers();
    told = Promise.withResolvers();
    const id = await house.database.write((unit) => house.queue.add(unit, { type: "slow", payload: 60_000 }).id);
    await begun.promise;
    await house.database.write((unit) => {
      unit.afterCommit(() => (committedAt = nowMs()));
      house.queue.cancel(unit, id, "enough");
    });
    await told.promise;
  }
  await porter.end();
  await house.end();
  return ms;
}
