import assert from "node:assert/strict";
//#region use
import { migrateQueue, openQueue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { migrate, openDatabase } from "@kingly/sqlite";

type Jobs = { brew: { tea: string } };

const database = openDatabase({ path: ":memory:" });
await migrateQueue(database);
await migrate(database, "shop", {
  "001_cups": { up: (db) => db.schema.createTable("cups").addColumn("tea", "text").execute() },
});
const queue = await openQueue<Jobs>({ database, clock: createSystemClock(), random: createSystemRandom() });

const served = Promise.withResolvers<void>();
queue.work({
  async brew(job) {
    const tea = await boil(job.payload.tea); // slow work first, outside of any transaction
    return (unit) => {
      // The cup and the completed job are one commit: both or neither, whatever crashes.
      unit.run("INSERT INTO cups (tea) VALUES (?)", tea);
      unit.afterCommit(served.resolve);
    };
  },
});

// The job exists if and only if this unit is committed; it starts right after, without polling.
const order = { type: "brew", payload: { tea: "Assam" }, key: "table-4" } as const;
const first = await database.write((unit) => queue.add(unit, order));
const again = await database.write((unit) => queue.add(unit, order)); // still alive: the same job
await served.promise;
//#endregion

async function boil(tea: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return `hot ${tea}`;
}

assert.equal(first.added, true);
assert.deepEqual(again, { id: first.id, added: false });
assert.deepEqual(database.all("SELECT tea FROM cups"), [{ tea: "hot Assam" }]);
await queue.close();
assert.equal(queue.get(first.id)?.status, "completed");
await database.close();
console.log("queue: one cup, and one job that is done");
