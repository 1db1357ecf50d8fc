import { defineJobs, migrateQueue, openQueue } from "@kingly/queue";
import type { Queue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { inFlight, inTurn, measured } from "./side.ts";
import type { Side } from "./side.ts";
import { warmUp } from "./raw.ts";

const payload = { type: "object", properties: { n: { type: "integer" } } } as const;
const jobs = defineJobs({ noop: { payload }, parent: { payload } });

interface Numbered {
  readonly n?: number | undefined;
}

/** Ours, with everything on: schema, fencing, attempts, counters, a result for each job, heartbeat thread, wakes.
 *
 * `events`: an event row is written in the unit that ends each job, and in the unit that adds it. */
export async function kinglySide(
  newPath: () => string,
  durability: "F" | "N",
  { concurrency, events = false }: { readonly concurrency: number; readonly events?: boolean },
): Promise<Side> {
  const open = async (): Promise<{ database: Database; queue: Queue<{ noop: Numbered; parent: Numbered }> }> => {
    const database = openDatabase({ path: newPath() });
    if (durability === "N") database.pragma("synchronous = NORMAL");
    await migrateQueue(database);
    await database.write(
      (unit) => void unit.run("CREATE TABLE event (id INTEGER PRIMARY KEY, job INTEGER, what TEXT)"),
    );
    const queue = await openQueue(
      { database, clock: createSystemClock(), random: createSystemRandom(), jobs },
      { maxPending: 10_000_000 },
    );
    return { database, queue: queue as never };
  };
  const told =
    (what: string) => (unit: { run(sql: string, ...values: readonly (string | number)[]): unknown }, id: number) =>
      void unit.run("INSERT INTO event (job, what) VALUES (?, ?)", id, what);
  return {
    name: `kingly${events ? ", an event row per transition" : ""}`,
    durability,
    async adds(count) {
      const { database, queue } = await open();
      await inTurn(warmUp[durability], (n) =>
        database.write((unit) => queue.add(unit, { type: "noop", payload: { n } })),
      );
      const perSecond = await inTurn(count, (n) =>
        database.write((unit) => queue.add(unit, { type: "noop", payload: { n }, priority: n % 3, key: `k${n}` })),
      );
      await queue.close();
      await database.close();
      return perSecond;
    },
    async crowd(count) {
      const { database, queue } = await open();
      const add = (n: number): Promise<unknown> =>
        database.write((unit) => queue.add(unit, { type: "noop", payload: { n }, priority: n % 3, key: `k${n}` }));
      await inTurn(warmUp[durability], (n) => add(-1 - n));
      const perSecond = await inFlight(count, add);
      await queue.close();
      await database.close();
      return perSecond;
    },
    async latencies(count) {
      const { database, queue } = await open();
      const ms: number[] = [];
      let committedAt = 0;
      let begun = Promise.withResolvers<void>();
      queue.work({
        async noop() {
          ms.push(performance.now() - committedAt);
          begun.resolve();
        },
        async parent() {},
      });
      // The first ones compile the code and start the thread.
      for (let n = 0; n < count + 100; n += 1) {
        begun = Promise.withResolvers();
        await database.write((unit) => {
          unit.afterCommit(() => (committedAt = performance.now()));
          queue.add(unit, { type: "noop", payload: { n } });
        });
        await begun.promise;
        // The queue must be idle again: its completion has been committed.
        while (queue.counts().running > 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await queue.close();
      await database.close();
      return ms.slice(100);
    },
    async drain(count) {
      const { database, queue } = await open();
      for (let from = 0; from < count; from += 10_000) {
        const some = Array.from(
          { length: Math.min(10_000, count - from) },
          (_, n) => ({ type: "noop", payload: { n } }) as const,
        );
        await database.write((unit) => {
          const added = queue.addMany(unit, some);
          if (events) for (const { id } of added) told("added")(unit, id);
        });
      }
      const drained = await measured(count, async () => {
        const ended = Promise.withResolvers<void>();
        let worked = 0;
        queue.work(
          {
            async noop(job) {
              worked += 1;
              if (worked === count) ended.resolve();
              return events
                ? { result: job.payload.n, finish: (unit) => told("completed")(unit, job.id) }
                : { result: job.payload.n };
            },
            async parent() {},
          },
          { concurrency: { noop: concurrency } },
        );
        await ended.promise;
        // Until every completion is durable.
        await queue.close();
      });
      const { completed } = queue.counts();
      if (completed !== count) throw new Error(`only ${completed} of ${count} jobs were completed`);
      await database.close();
      return drained;
    },
    async family(nodes) {
      const { database, queue } = await open();
      const ended = Promise.withResolvers<void>();
      queue.work(
        {
          async noop(job) {
            return { result: job.payload.n };
          },
          async parent(job, { children }) {
            if (children() !== undefined) return (unit) => unit.afterCommit(ended.resolve);
            const some = Array.from(
              { length: nodes - 1 },
              (_, n) => ({ type: "noop", payload: { n }, parentId: job.id }) as const,
            );
            return { awaitChildren: true, finish: (unit) => void queue.addMany(unit, some) };
          },
        },
        { concurrency: { noop: concurrency } },
      );
      const begun = performance.now();
      await database.write((unit) => queue.add(unit, { type: "parent", payload: {} }));
      await ended.promise;
      const ms = performance.now() - begun;
      if (queue.counts().completed !== nodes) throw new Error("not every node was completed");
      await queue.close();
      await database.close();
      return ms;
    },
    async close() {},
  };
}
