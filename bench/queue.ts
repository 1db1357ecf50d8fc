// Measures the queue beside raw single inserts of the same run, in interleaved rounds: `node bench/queue.ts [jobs]`.
// Everything is durable (WAL, synchronous FULL). Absolute numbers are the machine's; the ratios are ours.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateQueue, openQueue } from "@kingly/queue";
import type { Queue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import SqliteFile from "better-sqlite3";

type Jobs = { noop: number };

const jobCount = Number(process.argv[2] ?? 20_000);
const latencyCount = 400;
const rounds = 3;
const concurrencies = [8, 64, 512] as const;

const folder = mkdtempSync(join(tmpdir(), "kingly-bench-queue-"));
let files = 0;
const newPath = (): string => join(folder, `${(files += 1)}.db`);

interface Opened {
  readonly database: Database;
  readonly queue: Queue<Jobs>;
  close(): Promise<void>;
}

async function open(): Promise<Opened> {
  const database = openDatabase({ path: newPath() });
  await migrateQueue(database);
  const queue = await openQueue<Jobs>({ database, clock: createSystemClock(), random: createSystemRandom() });
  return {
    database,
    queue,
    async close() {
      await queue.close();
      await database.close();
    },
  };
}

/** Inserts one row per transaction, nothing else: the limit of the disk. Returns rows/s. */
function rawInserts(count: number): number {
  const file = new SqliteFile(newPath());
  file.pragma("journal_mode = WAL");
  file.pragma("synchronous = FULL");
  file.exec("CREATE TABLE job (id INTEGER PRIMARY KEY, type TEXT, payload TEXT, run_at INTEGER)");
  const insert = file.prepare("INSERT INTO job (type, payload, run_at) VALUES ('noop', ?, ?)");
  const begun = performance.now();
  for (let index = 0; index < count; index += 1) insert.run(String(index), index);
  const perSecond = (count / (performance.now() - begun)) * 1000;
  file.close();
  return perSecond;
}

/** Adds one job at a time to an idle queue. Returns ms from its durable commit to its handler, and adds/s. */
async function startLatency(): Promise<{ readonly ms: number[]; readonly addsPerSecond: number }> {
  const { database, queue, ...opened } = await open();
  const ms: number[] = [];
  let committedAt = 0;
  let begun = Promise.withResolvers<void>();
  queue.work({
    async noop() {
      ms.push(performance.now() - committedAt);
      begun.resolve();
    },
  });
  let addingMs = 0;
  for (let index = 0; index < latencyCount; index += 1) {
    begun = Promise.withResolvers<void>();
    const from = performance.now();
    await database.write((unit) => {
      unit.afterCommit(() => (committedAt = performance.now()));
      queue.add(unit, { type: "noop", payload: index });
    });
    addingMs += performance.now() - from;
    await begun.promise;
    // The queue must be idle again: its completion has been committed.
    while (queue.counts().running > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await opened.close();
  return { ms, addsPerSecond: (latencyCount / addingMs) * 1000 };
}

/** Drains jobs that do nothing. Returns jobs/s and CPU in microseconds for each job. */
async function drain(concurrency: number): Promise<{ readonly perSecond: number; readonly cpuUs: number }> {
  const { database, queue, ...opened } = await open();
  await database.write((unit) => {
    for (let index = 0; index < jobCount; index += 1) queue.add(unit, { type: "noop", payload: index });
  });
  let worked = 0;
  const ended = Promise.withResolvers<void>();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const handler = async (): Promise<void> => {
    worked += 1;
    if (worked === jobCount) ended.resolve();
  };
  queue.work({ noop: handler }, { concurrency: { noop: concurrency } });
  await ended.promise;
  // Until every completion is durable.
  await queue.close();
  const perSecond = (jobCount / (performance.now() - begun)) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { completed } = queue.counts();
  if (completed !== jobCount) throw new Error(`only ${completed} of ${jobCount} jobs were completed`);
  await opened.close();
  return { perSecond, cpuUs: (user + system) / jobCount };
}

const median = (values: readonly number[]): number => quantile(values, 0.5);
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

const raw: number[] = [];
const adds: number[] = [];
const latencies: number[] = [];
const drains = new Map<number, { perSecond: number; cpuUs: number }[]>(concurrencies.map((slots) => [slots, []]));
for (let round = 0; round < rounds; round += 1) {
  raw.push(rawInserts(2000));
  const { ms, addsPerSecond } = await startLatency();
  // The first ones compile the code.
  latencies.push(...ms.slice(50));
  adds.push(addsPerSecond);
  for (const slots of concurrencies) drains.get(slots)?.push(await drain(slots));
}

const rawPerSecond = median(raw);
const rawMs = 1000 / rawPerSecond;
console.log(`raw single insert, FULL      ${whole(rawPerSecond)}/s (${rawMs.toFixed(3)} ms each)`);
console.log(`awaited single add           ${whole(median(adds))}/s = ${(median(adds) / rawPerSecond).toFixed(2)}x raw`);
const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
console.log(
  `start after durable commit   p50 ${p50.toFixed(3)} ms = ${(p50 / rawMs).toFixed(2)} raw inserts, p99 ${p99.toFixed(3)} ms`,
);
for (const [slots, results] of drains) {
  const perSecond = median(results.map((result) => result.perSecond));
  const cpuUs = median(results.map((result) => result.cpuUs));
  const name = `no-op drain, concurrency ${slots}`.padEnd(29);
  console.log(
    `${name}${whole(perSecond)} jobs/s = ${(perSecond / rawPerSecond).toFixed(2)}x raw, ${cpuUs.toFixed(1)} us CPU/job`,
  );
}
rmSync(folder, { recursive: true, force: true });
