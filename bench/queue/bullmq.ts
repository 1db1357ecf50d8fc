import { loadRival } from "./load-rival.ts";
import type { Redis } from "./redis.ts";
import { inFlight, inTurn, measured } from "./side.ts";
import type { Side } from "./side.ts";

interface Closes {
  close(force?: boolean): Promise<void>;
}
interface BullQueue extends Closes {
  add(name: string, data: object): Promise<unknown>;
  addBulk(jobs: readonly object[]): Promise<unknown>;
}
interface BullWorker extends Closes {
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
}
interface Bullmq {
  readonly Queue: new (name: string, options: object) => BullQueue;
  readonly Worker: new (
    name: string,
    handler: (job: { name: string }) => Promise<unknown>,
    options: object,
  ) => BullWorker;
  readonly FlowProducer: new (options: object) => Closes & { add(flow: object): Promise<unknown> };
}

/** BullMQ on a Redis of its own, with results kept; it drains with 50 at once. CPU is that of Redis, too. */
export async function bullmqSide(redis: Redis, durability: "F" | "N"): Promise<Side> {
  const { Queue, Worker, FlowProducer } = await loadRival<Bullmq>("bullmq");
  // BullMQ makes the connections; a worker's must not give up.
  const connection = { path: redis.socket, maxRetriesPerRequest: null };
  let names = 0;
  const newName = (): string => `q${(names += 1)}`;
  return {
    name: `BullMQ 6.7, appendfsync ${durability === "F" ? "always" : "everysec"}`,
    durability,
    async adds(count) {
      const queue = new Queue(newName(), { connection });
      await inTurn(200, (n) => queue.add("noop", { n }));
      const perSecond = await inTurn(count, (n) => queue.add("noop", { n }));
      await queue.close();
      return perSecond;
    },
    async crowd(count) {
      const queue = new Queue(newName(), { connection });
      await inTurn(200, (n) => queue.add("noop", { n }));
      const perSecond = await inFlight(count, (n) => queue.add("noop", { n }));
      await queue.close();
      return perSecond;
    },
    async latencies(count) {
      const name = newName();
      const queue = new Queue(name, { connection });
      const ms: number[] = [];
      let addedAt = 0;
      let begun = Promise.withResolvers<void>();
      const handler = async (): Promise<void> => {
        ms.push(Math.max(0, performance.now() - addedAt));
        begun.resolve();
      };
      const worker = new Worker(name, handler, { connection });
      await worker.waitUntilReady();
      for (let n = 0; n < count; n += 1) {
        begun = Promise.withResolvers();
        // It may start before the caller hears of the add: then that start counts as none.
        addedAt = performance.now() + 1e9;
        await queue.add("noop", { n });
        addedAt = performance.now();
        await begun.promise;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await worker.close(true);
      await queue.close();
      return ms;
    },
    async drain(count) {
      const some = Math.min(count, 10_000);
      const name = newName();
      const queue = new Queue(name, { connection });
      await queue.addBulk(Array.from({ length: some }, (_, n) => ({ name: "noop", data: { n } })));
      const ended = Promise.withResolvers<void>();
      let worked = 0;
      const handler = async (): Promise<number> => {
        worked += 1;
        if (worked === some) ended.resolve();
        return worked;
      };
      const worker = new Worker(name, handler, { connection, concurrency: 50, autorun: false });
      await worker.waitUntilReady();
      const serverUs = redis.cpuUs();
      const drained = await measured(some, async () => {
        void worker.run();
        await ended.promise;
        await worker.close();
      });
      await queue.close();
      return { ...drained, cpuUs: drained.cpuUs + (redis.cpuUs() - serverUs) / some };
    },
    async family(nodes) {
      const name = newName();
      const flows = new FlowProducer({ connection });
      const ended = Promise.withResolvers<void>();
      const handler = async (job: { name: string }): Promise<number> => {
        if (job.name === "parent") ended.resolve();
        return 1;
      };
      const worker = new Worker(name, handler, { connection, concurrency: 50 });
      await worker.waitUntilReady();
      const begun = performance.now();
      await flows.add({
        name: "parent",
        queueName: name,
        children: Array.from({ length: nodes - 1 }, (_, n) => ({ name: "child", queueName: name, data: { n } })),
      });
      await ended.promise;
      const ms = performance.now() - begun;
      await worker.close();
      await flows.close();
      return ms;
    },
    async close() {},
  };
}
