// One of several processes that add to and work one file for a while; tells on stdout what its callers saw.
import { openQueue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { isDatabaseError, openDatabase } from "@kingly/sqlite";

const [, , path = "", owner = "", seconds = "10"] = process.argv;
const database = openDatabase({ path });
const queue = await openQueue<{ quick: number }>(
  { database, clock: createSystemClock(), random: createSystemRandom() },
  { owner, maxPending: 1_000_000 },
);
let worked = 0;
queue.work({
  async quick(job) {
    worked += 1;
    return (unit) => void unit.run("INSERT INTO done (job) VALUES (?)", job.id);
  },
});
const ms: number[] = [];
const errors = new Map<string, number>();
const endAt = performance.now() + Number(seconds) * 1000;
while (performance.now() < endAt) {
  const begun = performance.now();
  try {
    await database.write((unit) => queue.add(unit, { type: "quick", payload: ms.length }));
    ms.push(performance.now() - begun);
  } catch (thrown) {
    const code = isDatabaseError(thrown) ? thrown.code : String(thrown);
    errors.set(code, (errors.get(code) ?? 0) + 1);
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}
while (queue.counts().pending + queue.counts().running > 0) await new Promise((resolve) => setTimeout(resolve, 50));
await queue.close();
await database.close();
process.stdout.write(JSON.stringify({ ms, worked, errors: [...errors] }));
