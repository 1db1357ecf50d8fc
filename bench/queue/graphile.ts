import { loadRival } from "./load-rival.ts";
import { inFlight, inTurn, measured } from "./side.ts";
import type { Side } from "./side.ts";

interface Graphile {
  readonly makeWorkerUtils: (options: object) => Promise<{
    migrate(): Promise<void>;
    addJob(task: string, payload: object): Promise<unknown>;
    addJobs(jobs: readonly object[]): Promise<unknown>;
    release(): Promise<void>;
  }>;
  readonly run: (options: object) => Promise<{ stop(): Promise<void> }>;
  Logger: new (factory: () => () => void) => object;
}

/** graphile-worker with its batching on: 24 at once, a local queue of 500, completions in batches. */
export async function graphileSide(url: string): Promise<Side> {
  const { makeWorkerUtils, run, Logger } = await loadRival<Graphile>("graphile-worker");
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  let handle: () => void = () => {};
  const start = (batched: boolean): Promise<{ stop(): Promise<void> }> =>
    run({
      connectionString: url,
      noHandleSignals: true,
      logger,
      taskList: { noop: async () => handle() },
      concurrency: batched ? 24 : 1,
      ...(batched ? { preset: { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0 } } } : {}),
    });
  return {
    name: "graphile-worker 0.18",
    durability: "F",
    adds: (count) => inTurn(count, (n) => utils.addJob("unworked", { n })),
    crowd: (count) => inFlight(Math.min(count, 500), (n) => utils.addJob("unworked", { n })),
    async latencies(count) {
      const runner = await start(false);
      const ms: number[] = [];
      for (let n = 0; n < count; n += 1) {
        const begun = Promise.withResolvers<void>();
        let addedAt = performance.now();
        handle = () => {
          ms.push(Math.max(0, performance.now() - addedAt));
          begun.resolve();
        };
        await utils.addJob("noop", { n });
        addedAt = performance.now();
        await begun.promise;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await runner.stop();
      return ms;
    },
    async drain(count) {
      const some = Math.min(count, 10_000);
      await utils.addJobs(Array.from({ length: some }, (_, n) => ({ identifier: "noop", payload: { n } })));
      const ended = Promise.withResolvers<void>();
      let worked = 0;
      handle = () => {
        worked += 1;
        if (worked === some) ended.resolve();
      };
      return measured(some, async () => {
        const runner = await start(true);
        await ended.promise;
        await runner.stop();
      });
    },
    close: () => utils.release(),
  };
}
