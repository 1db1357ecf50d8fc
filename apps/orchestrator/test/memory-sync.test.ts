import type { Embedder } from "@kingly/store";
import { expect, test } from "vitest";
import { endHouse, openHouse } from "./harness.ts";

/** An embedder that says how often it was asked, and fails as long as it is told to. */
function countingEmbedder(failsFor: () => boolean): Embedder & { readonly asked: () => number } {
  let asked = 0;
  return {
    id: "counting-1",
    dims: 32,
    async embed(texts: readonly string[]) {
      asked += 1;
      if (failsFor()) throw new Error("the embedder is away");
      return texts.map((text) => Float32Array.from({ length: 32 }, (_, at) => text.length + at));
    },
    asked: () => asked,
  };
}
const vectors = (house: Awaited<ReturnType<typeof openHouse>>) => house.back.store.memory.embedAll();

test("[O34] a memory that matters is brought into the vectors by a job, and told", async () => {
  const embedder = countingEmbedder(() => false);
  const house = await openHouse({ embedder });
  await house.say("ms#M1:colour|blue");
  await house.idle();
  expect(house.linesOf("M1").at(-1)).toBe("su#M1:memory:colour|synced|1");
  expect(embedder.asked()).toBeGreaterThan(0);
  expect(await vectors(house)).toMatchObject({ waiting: 0, failure: undefined });
  const jobs = house.back.queue.list({ workspaceId: "default", type: "memory_sync" }).items;
  expect(jobs.map(({ status }) => status)).toEqual(["completed"]);
  await endHouse(house);
});

test("[O34] it is queued in the unit that stores the memory: a process that dies then makes up for it", async () => {
  let house = await openHouse({ embedder: countingEmbedder(() => true) });
  await house.say("ms#M1:colour|blue");
  await house.until("the memory", () => house.linesOf("M1").some((line) => line.startsWith("me#")));
  await house.close();
  house = await openHouse({ home: house.home, embedder: countingEmbedder(() => false) });
  await house.until("the sync", () => house.linesOf("M1").includes("su#M1:memory:colour|synced|1"));
  await endHouse(house);
});

test("[O34] an embedder that stays away is told with what to do; the memory stands", { timeout: 60_000 }, async () => {
  const house = await openHouse({ works: false, embedder: countingEmbedder(() => true) });
  await house.say("ms#M1:colour|blue");
  house.work();
  await house.until("the memory", () => house.linesOf("M1").some((line) => line.startsWith("me#")));
  await house.back.database.write(
    (unit) => void unit.run("UPDATE job_queue SET max_attempts = 1 WHERE job_type = 'memory_sync'"),
  );
  await house.idle();
  expect(house.linesOf("M1").at(-1)).toMatch(
    /^er#M1:job_died\|memory_sync failed for good: .*\|It is remembered and found by its words\./,
  );
  expect(house.back.store.memory.recall("default", "colour")?.value).toBe("blue");
  await endHouse(house);
});

test("[O34] without an embedder nothing waits, and no job is queued", async () => {
  const house = await openHouse();
  await house.say("ms#M1:colour|blue");
  await house.idle();
  expect(house.back.queue.list({ workspaceId: "default", type: "memory_sync" }).items).toEqual([]);
  await endHouse(house);
});
