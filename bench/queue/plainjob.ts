import { loadRival } from "./load-rival.ts";
import { inTurn, measured } from "./side.ts";
import type { Side } from "./side.ts";

interface Plainjob {
  readonly better: (file: unknown) => unknown;
  readonly defineQueue: (options: { connection: unknown }) => {
    add(type: string, data: unknown): unknown;
    addMany(type: string, data: readonly unknown[]): unknown;
    close(): void;
  };
  readonly defineWorker: (
    type: string,
    handler: () => Promise<void>,
    options: { queue: unknown; pollIntervall?: number; logger?: unknown },
  ) => { start(): Promise<void>; stop(): Promise<void> };
}

const silent = { error() {}, warn() {}, info() {}, debug() {} };

/** plainjob with its own settings (WAL, synchronous NORMAL); its worker polls each second unless told otherwise. */
export async function plainjobSide(newPath: () => string): Promise<Side> {
  const { better, defineQueue, defineWorker } = await loadRival<Plainjob>("plainjob");
  const { default: SqliteFile } = await loadRival<{ default: new (path: string) => { close(): void } }>(
    "better-sqlite3",
  );
  const open = (): ReturnType<Plainjob["defineQueue"]> =>
    defineQueue({ connection: better(new SqliteFile(newPath())), logger: silent } as never);
  return {
    name: "plainjob 0.0.14",
    durability: "N",
    async adds(count) {
      const queue = open();
      const perSecond = await inTurn(count, (n) => queue.add("noop", { n }));
      queue.close();
      return perSecond;
    },
    async latencies(count) {
      const queue = open();
      const ms: number[] = [];
      let addedAt = 0;
      let begun = Promise.withResolvers<void>();
      const worker = defineWorker(
        "noop",
        async () => {
          ms.push(performance.now() - addedAt);
          begun.resolve();
        },
        { queue, logger: silent },
      );
      void worker.start();
      // It polls each second: a few tell enough.
      for (let n = 0; n < Math.min(count, 4); n += 1) {
        begun = Promise.withResolvers();
        // Until it has seen that there is nothing, and sleeps.
        await new Promise((resolve) => setTimeout(resolve, 20));
        queue.add("noop", { n });
        addedAt = performance.now();
        await begun.promise;
      }
      await worker.stop();
      queue.close();
      return ms;
    },
    async drain(count) {
      const queue = open();
      const some = Math.min(count, 5000);
      queue.addMany(
        "noop",
        Array.from({ length: some }, (_, n) => ({ n })),
      );
      const ended = Promise.withResolvers<void>();
      let worked = 0;
      const worker = defineWorker(
        "noop",
        async () => {
          worked += 1;
          if (worked === some) ended.resolve();
        },
        { queue, logger: silent },
      );
      const drained = await measured(some, async () => {
        void worker.start();
        await ended.promise;
      });
      await worker.stop();
      // It does not wait for what runs.
      await new Promise((resolve) => setTimeout(resolve, 50));
      queue.close();
      return drained;
    },
    async close() {},
  };
}
