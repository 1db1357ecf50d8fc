// One of several processes that add, run, fail, cancel and complete jobs with limited keys and rates, at random.
import { defineJobs, openQueue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createSeededRandom } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import { limits } from "./limits.ts";

const [, , path = "", owner = "", steps = "1000", seed = "1"] = process.argv;
const number = { payload: { type: "integer" } } as const;
const jobs = defineJobs({ keyed: number, rated: { ...number, rate: limits.rate } });
const database = openDatabase({ path });
const queue = await openQueue(
  { database, clock: createSystemClock(), random: createSystemRandom(), jobs },
  { owner, maxPending: 1_000_000, backoffMs: 5, concurrency: 40, maxAttempts: 3 },
);
const random = createSeededRandom(Number(seed));
const upTo = (count: number): number => Math.floor(random.fraction() * count);
let taken = 0;
const run = async (): Promise<void> => {
  // Each start and each end is a step.
  taken += 2;
  for (let turn = upTo(3); turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
  if (upTo(10) === 0) throw new Error("at random");
};
queue.work({ keyed: run, rated: run });
while (taken < Number(steps)) {
  await database.write((unit) => {
    const some = Array.from({ length: 1 + upTo(60) }, (_, index) => {
      const key = upTo(limits.keys);
      return {
        type: upTo(20) === 0 ? "rated" : "keyed",
        payload: index,
        priority: upTo(3),
        ...(upTo(8) === 0 ? { delayMs: upTo(20) } : {}),
        ...(upTo(4) === 0 ? {} : { concurrencyKey: `key ${key}`, concurrencyLimit: 1 + (key % 5) }),
      } as const;
    });
    const added = queue.addMany(unit, some);
    taken += added.length;
    for (const { id } of added) {
      if (upTo(15) > 0) continue;
      queue.cancel(unit, id - upTo(200), "at random");
      taken += 1;
    }
  });
  while (queue.counts().pending > 2000) await new Promise((resolve) => setTimeout(resolve, 2));
  await new Promise((resolve) => setImmediate(resolve));
}
await queue.close();
await database.close();
process.stdout.write(String(taken));
