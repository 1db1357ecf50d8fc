import { loadRival } from "./load-rival.ts";
import { inFlight, inTurn, measured } from "./side.ts";
import type { Side } from "./side.ts";

interface Boss {
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  on(event: string, listener: (error: unknown) => void): void;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: object): Promise<unknown>;
  insert(name: string, jobs: readonly object[]): Promise<unknown>;
  work(name: string, options: object, handler: (jobs: readonly unknown[]) => Promise<void>): Promise<string>;
  offWork(name: string): Promise<void>;
}

/** pg-boss with LISTEN/NOTIFY on; it drains in batches of 500 as long as they are full. */
export async function pgbossSide(url: string): Promise<Side> {
  const { PgBoss } = await loadRival<{ PgBoss: new (options: object) => Boss }>("pg-boss");
  const boss = new PgBoss({ connectionString: url, useListenNotify: true, schedule: false });
  boss.on("error", () => {});
  await boss.start();
  for (const name of ["unworked", "one", "many"]) await boss.createQueue(name, { notify: true });
  return {
    name: "pg-boss 12.38",
    durability: "F",
    adds: (count) => inTurn(count, (n) => boss.send("unworked", { n })),
    crowd: (count) => inFlight(Math.min(count, 500), (n) => boss.send("unworked", { n })),
    async latencies(count) {
      const ms: number[] = [];
      let addedAt = 0;
      let begun = Promise.withResolvers<void>();
      await boss.work("one", { pollingIntervalSeconds: 0.5 }, async () => {
        ms.push(Math.max(0, performance.now() - addedAt));
        begun.resolve();
      });
      for (let n = 0; n < count; n += 1) {
        begun = Promise.withResolvers();
        addedAt = performance.now();
        await boss.send("one", { n });
        addedAt = performance.now();
        await begun.promise;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await boss.offWork("one");
      return ms;
    },
    async drain(count) {
      const some = Math.min(count, 5000);
      await boss.insert(
        "many",
        Array.from({ length: some }, (_, n) => ({ data: { n } })),
      );
      const ended = Promise.withResolvers<void>();
      let worked = 0;
      const drained = await measured(some, async () => {
        const options = { batchSize: 500, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
        await boss.work("many", options, async (jobs) => {
          worked += jobs.length;
          if (worked >= some) ended.resolve();
        });
        await ended.promise;
      });
      await boss.offWork("many");
      return drained;
    },
    close: () => boss.stop({ graceful: false }),
  };
}
