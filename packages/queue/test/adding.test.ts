import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "@kingly/sqlite";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { isQueueError, migrateQueue, openQueue } from "../src/index.ts";
import { addJob, closeWithoutLeak, codeOf, createHarness, never, pass, settle } from "./harness.ts";
import type { Harness, Opened } from "./harness.ts";

let harness: Harness;
let one: Opened;
beforeEach(async () => {
  harness = await createHarness();
  one = await harness.open();
});
afterEach(async () => {
  await closeWithoutLeak(one);
  await harness.end();
});

describe("opening", () => {
  test("[Q1] tables are made once, and a file without them is refused", async () => {
    expect(await migrateQueue(one.database)).toEqual([]);
    const empty = openDatabase({ path: ":memory:" });
    const deps = { database: empty, clock: createManualClock(), random: createSeededRandom(1) };
    expect(await codeOf(() => openQueue(deps))).toBe("NOT_MIGRATED");
    await empty.close();
  });

  test("[Q2] options out of range are refused with what was expected", async () => {
    expect(await codeOf(() => harness.open({ leaseMs: 19_999 }))).toBe("BAD_OPTION");
    expect(await codeOf(() => harness.open({ concurrency: 0 }))).toBe("BAD_OPTION");
    expect(await codeOf(() => harness.open({ owner: "" }))).toBe("BAD_OPTION");
    expect(await codeOf(() => harness.open({ maxAttempts: 1.5 }))).toBe("BAD_OPTION");
    await expect(harness.open({ backoffMs: -1 })).rejects.toThrow(
      "backoffMs must be a whole number from 0 to 86400000, not -1.",
    );
  });
});

describe("adding", () => {
  test("[Q3] a job exists if and only if its unit is committed", async () => {
    one.queue.work({ a: one.held, b: never });
    const undone = one.database.write((unit) => {
      one.queue.add(unit, { type: "a", payload: 1 });
      throw new Error("taken back");
    });
    await expect(undone).rejects.toThrow("taken back");
    await settle();
    expect(one.runs).toEqual([]);
    const { id } = await addJob(one, {
      type: "a",
      payload: { cups: [1, null, "é\u0000\ud800"] },
      cid: "c1",
      workspaceId: "w1",
    });
    await settle();
    expect(one.runs.map((run) => run.job)).toEqual([
      { id, type: "a", payload: { cups: [1, null, "é\u0000\ud800"] }, attempt: 1, workspaceId: "w1", cid: "c1" },
    ]);
  });

  test("[Q3] a payload that is not JSON is refused with its place, and the unit can go on", async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const bad: (readonly [unknown, string])[] = [
      [undefined, "$ is undefined"],
      [{ at: [1, new Date(0)] }, "$.at[1] is a Date"],
      [{ n: Number.NaN }, "$.n is NaN"],
      [10n, "$ is a bigint"],
      [{ run: () => 1 }, "$.run is a function"],
      [new Map(), "$ is a Map"],
      [[undefined], "$[0] is undefined"],
      [{ toJSON: "mine" }, "toJSON"],
      [cyclic, "contains itself"],
      ["x".repeat(1_048_576), "1048578 bytes"],
    ];
    await one.database.write((unit) => {
      for (const [payload, place] of bad) {
        let thrown: unknown;
        try {
          one.queue.add(unit, { type: "a", payload });
        } catch (error) {
          thrown = error;
        }
        expect(isQueueError(thrown) && thrown.code).toBe("BAD_PAYLOAD");
        expect(String(thrown)).toContain(place);
      }
      one.queue.add(unit, { type: "a", payload: { left: undefined, out: 1 } });
    });
    expect(one.queue.list().items.map((job) => job.payload)).toEqual([{ out: 1 }]);
  });

  test("[Q3] other faults of a job are BAD_JOB", async () => {
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1, delayMs: 1, runAtMs: 1 }))).toBe("BAD_JOB");
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1, priority: 1001 }))).toBe("BAD_JOB");
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1, delayMs: 0.5 }))).toBe("BAD_JOB");
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1, key: "" }))).toBe("BAD_JOB");
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1, maxAttempts: 0 }))).toBe("BAD_JOB");
    expect(one.queue.counts().pending).toBe(0);
  });

  test("[Q4] no more than maxPending jobs are pending, and room comes back", async () => {
    const small = await harness.open({ owner: "small", maxPending: 3, concurrency: 1 });
    for (let index = 0; index < 3; index += 1) await addJob(small, { type: "a", payload: index, key: `k${index}` });
    expect(await codeOf(() => addJob(small, { type: "a", payload: 3 }))).toBe("QUEUE_FULL");
    // What is there already needs no room.
    expect(await addJob(small, { type: "a", payload: 0, key: "k0" })).toMatchObject({ added: false });
    small.queue.work({ a: small.held, b: never });
    await settle();
    await addJob(small, { type: "a", payload: 3 });
    expect(await codeOf(() => addJob(small, { type: "a", payload: 4 }))).toBe("QUEUE_FULL");
    await small.queue.close({ deadlineMs: 0, graceMs: 0 });
  });

  test("[Q4] the limit holds within one unit and past the recount", async () => {
    const small = await harness.open({ owner: "small", maxPending: 2500 });
    const added = await small.database.write((unit) => {
      let count = 0;
      try {
        for (; count < 5000; count += 1) small.queue.add(unit, { type: "a", payload: count });
      } catch (thrown) {
        expect(isQueueError(thrown) && thrown.code).toBe("QUEUE_FULL");
      }
      return count;
    });
    expect(added).toBe(2500);
    await small.queue.close();
  });

  test("[Q5] a living job of the same type and key is returned; when it is over the key is free", async () => {
    one.queue.work({ a: one.held, b: never });
    const first = await addJob(one, { type: "a", payload: 1, key: "k" });
    expect(first.added).toBe(true);
    await settle();
    expect(one.queue.get(first.id)?.status).toBe("running");
    expect(await addJob(one, { type: "a", payload: 2, key: "k" })).toEqual({ id: first.id, added: false });
    expect(await addJob(one, { type: "b", payload: 2, key: "k" })).toMatchObject({ added: true });
    expect(one.queue.get(first.id)?.payload).toBe(1);
    one.runs[0]?.finish();
    await settle();
    const again = await addJob(one, { type: "a", payload: 3, key: "k" });
    expect(again.added).toBe(true);
    expect(again.id).not.toBe(first.id);
  });

  test("[Q5] two adds of one key in one shared commit make one job", async () => {
    const both = await Promise.all([1, 2].map((payload) => addJob(one, { type: "a", payload, key: "k" })));
    expect(both.map((added) => added.added)).toEqual([true, false]);
    expect(new Set(both.map((added) => added.id)).size).toBe(1);
  });
});

describe("waking", () => {
  test("[Q6] a job starts after its commit with no timer, and an idle queue has none", async () => {
    one.queue.work({ a: one.held, b: never });
    await settle();
    expect(one.clock.pendingTimers()).toBe(0);
    await addJob(one, { type: "a", payload: 1 });
    await settle();
    expect(one.runs).toHaveLength(1);
    one.runs[0]?.finish();
    await settle();
    expect(one.queue.counts()).toMatchObject({ completed: 1, pending: 0 });
    // The heartbeat may be set still; it stops when it finds nothing.
    await pass(one, 10_000);
    expect(one.clock.pendingTimers()).toBe(0);
  });

  test("[Q6] jobs that were there before work() start too", async () => {
    await addJob(one, { type: "a", payload: 1 });
    one.queue.work({ a: one.held, b: never });
    await settle();
    expect(one.runs).toHaveLength(1);
  });

  test("[Q6] no wake is lost among adds that come at every turn of the loop", async () => {
    let worked = 0;
    one.queue.work({ a: async () => void (worked += 1), b: never }, { concurrency: { a: 2 } });
    for (let index = 0; index < 300; index += 1) {
      const added = addJob(one, { type: "a", payload: index });
      if (index % 7 === 0) await added;
      if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (index % 5 === 0) await Promise.resolve();
    }
    await settle(400);
    expect(worked).toBe(300);
    expect(one.queue.counts()).toMatchObject({ completed: 300, pending: 0, running: 0 });
  });

  test("[Q7] delayed jobs start when due, behind one timer", async () => {
    one.queue.work({ a: one.held, b: never });
    const soon = await addJob(one, { type: "a", payload: "soon", delayMs: 500 });
    await addJob(one, { type: "a", payload: "late", runAtMs: one.clock.nowMs() + 900 });
    await addJob(one, { type: "a", payload: "sooner", delayMs: 100 });
    await settle();
    expect(one.clock.pendingTimers()).toBe(1);
    await pass(one, 99);
    expect(one.runs).toHaveLength(0);
    await pass(one, 1);
    expect(one.runs.map((run) => run.job.payload)).toEqual(["sooner"]);
    await pass(one, 400);
    expect(one.runs.map((run) => run.job.id)).toContain(soon.id);
    await pass(one, 400);
    expect(one.runs.map((run) => run.job.payload)).toEqual(["sooner", "soon", "late"]);
  });

  test("[Q7] a job due in ten minutes is looked for every minute and runs on time", async () => {
    one.queue.work({ a: one.held, b: never });
    await addJob(one, { type: "a", payload: 1, delayMs: 600_000 });
    await settle();
    for (let minute = 0; minute < 9; minute += 1) await pass(one, 60_000);
    await pass(one, 59_999);
    expect(one.runs).toHaveLength(0);
    await pass(one, 1);
    expect(one.runs).toHaveLength(1);
  });
});
