import { migrateQueue, openQueue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { measured, quantile } from "./side.ts";
import type { Drained } from "./side.ts";

export interface BigTable {
  readonly rows: number;
  /** Of one claim of one job in a unit of its own, without its commit. */
  readonly claimMs: { readonly p50: number; readonly p99: number };
  readonly drained: Drained;
}

/** Measures claims of one job, and a drain, beside so many pending, a tenth as many delayed and as many dead jobs. */
export async function bigTable(path: string, pending: number): Promise<BigTable> {
  const database = openDatabase({ path });
  await migrateQueue(database);
  const queue = await openQueue<{ noop: number }>(
    { database, clock: createSystemClock(), random: createSystemRandom() },
    { maxPending: 10_000_000, retention: { dead: { forMs: 1e12, atMost: 1e9 } } },
  );
  const nowMs = Date.now();
  const fill = (count: number, columns: string, values: string): Promise<unknown> =>
    database.write((unit) =>
      unit.run(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
         INSERT INTO job_queue (job_type, payload, max_attempts, created_at, group_name, priority, ${columns})
         SELECT 'noop', i, 5, ${nowMs}, 'w' || (i % 100), i % 3, ${values} FROM n`,
      ),
    );
  const tenth = Math.floor(pending / 10);
  if (pending > 0) {
    await fill(pending, "run_at", `${nowMs} - i`);
    await fill(tenth, "run_at, waits", `${nowMs + 86_400_000} + i, 'time'`);
    await fill(tenth, "run_at, status, completed_at", `${nowMs}, 'dead', ${nowMs}`);
  } else {
    await fill(30_000, "run_at", `${nowMs} - i`);
  }
  await database.write((unit) =>
    unit.run("INSERT INTO queue_counts SELECT job_type, status, count(*) FROM job_queue GROUP BY job_type, status"),
  );
  const ms: number[] = [];
  const { claimJobs } = await import("../../packages/queue/src/claim-jobs.ts");
  const { createTurns } = await import("../../packages/queue/src/fair-turns.ts");
  const { createTally } = await import("../../packages/queue/src/job-counts.ts");
  const turns = createTurns();
  for (let index = 0; index < 2000; index += 1) {
    await database.write((unit) => {
      const tally = createTally();
      const begun = performance.now();
      claimJobs(unit, { owner: "bench", epoch: 999 }, [{ type: "noop", slots: 1 }], {
        time: { nowMs, leaseMs: 9e9 },
        turns,
        tally,
      });
      tally.write(unit);
      if (index >= 200) ms.push(performance.now() - begun);
    });
  }
  const count = 20_000;
  const drained = await measured(count, async () => {
    const ended = Promise.withResolvers<void>();
    let worked = 0;
    queue.work(
      {
        async noop() {
          worked += 1;
          if (worked === count) ended.resolve();
        },
      },
      { concurrency: { noop: 512 } },
    );
    await ended.promise;
    await queue.close();
  });
  await database.close();
  return { rows: pending + 2 * tenth, claimMs: { p50: quantile(ms, 0.5), p99: quantile(ms, 0.99) }, drained };
}
