import { openQueue } from "@kingly/queue";
import type { Queue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openProofFile } from "./proof-file.ts";
import type { ProofFile } from "./proof-file.ts";

type Jobs = { late: number; slow: number };

async function openInTime(): Promise<ProofFile & { readonly queue: Queue<Jobs> }> {
  const file = await openProofFile();
  const deps = { database: file.database, clock: createSystemClock(), random: createSystemRandom() };
  return { ...file, queue: await openQueue<Jobs>(deps, { maxPending: 10_000_000 }) };
}

/** Adds so many jobs for a far day, and a thousand that are due one after the other. Returns how late each began, in ms. */
export async function fireDelayed(timers: number): Promise<number[]> {
  const { database, queue, end } = await openInTime();
  const nowMs = (): number => performance.timeOrigin + performance.now();
  for (let from = 0; from < timers; from += 10_000) {
    const some = Array.from(
      { length: Math.min(10_000, timers - from) },
      (_, index) => ({ type: "slow", payload: index, delayMs: 3_600_000 + index }) as const,
    );
    await database.write((unit) => queue.addMany(unit, some));
  }
  const count = 1000;
  const late: number[] = [];
  const ended = Promise.withResolvers<void>();
  const firstMs = Math.ceil(nowMs()) + 2000;
  const due = Array.from(
    { length: count },
    (_, index) => ({ type: "late", payload: firstMs + index * 7, runAtMs: firstMs + index * 7 }) as const,
  );
  queue.work({
    async late(job) {
      late.push(nowMs() - job.payload);
      if (late.length === count) ended.resolve();
    },
    async slow() {},
  });
  await database.write((unit) => queue.addMany(unit, due));
  await ended.promise;
  await queue.close();
  await end();
  return late;
}

/** Cancels running jobs. Returns how long after the commit of the cancel each handler's signal aborted, in ms. */
export async function cancelHere(count: number): Promise<number[]> {
  const { database, queue, end } = await openInTime();
  const ms: number[] = [];
  let committedAt = 0;
  let begun = Promise.withResolvers<void>();
  let told = Promise.withResolvers<void>();
  queue.work({
    async late() {},
    slow: (_job, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          ms.push(performance.now() - committedAt);
          told.resolve();
          resolve();
        });
        begun.resolve();
      }),
  });
  for (let index = 0; index < count; index += 1) {
    begun = Promise.withResolvers();
    told = Promise.withResolvers();
    const { id } = await database.write((unit) => queue.add(unit, { type: "slow", payload: index }));
    await begun.promise;
    await database.write((unit) => {
      unit.afterCommit(() => (committedAt = performance.now()));
      queue.cancel(unit, id, "enough");
    });
    await told.promise;
  }
  await queue.close();
  await end();
  return ms;
}
