import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PermanentFailure, migrateQueue } from "../src/index.ts";
import { addJob, closeWithoutLeak, codeOf, createHarness, never, pass, settle } from "./harness.ts";
import type { Harness, Opened } from "./harness.ts";

let harness: Harness;
let one: Opened;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(async () => {
  await closeWithoutLeak(one);
  await harness.end();
});

describe("counters", () => {
  test("[Q43] counts and statistics of every type, without reading a job", async () => {
    one = await harness.open();
    const now = one.clock.nowMs();
    await one.database.write((unit) => {
      one.queue.add(unit, { type: "a", payload: 1, runAtMs: now - 700, group: "x" });
      one.queue.add(unit, { type: "a", payload: 2, runAtMs: now - 900, group: "y", priority: -3 });
      one.queue.add(unit, { type: "a", payload: 3, delayMs: 5000 });
      one.queue.add(unit, { type: "b", payload: 4 });
    });
    one.queue.work({ a: never, b: one.held }, { concurrency: { a: 1 } });
    await settle();
    one.runs[0]?.finish();
    await settle();
    expect(one.queue.counts()).toEqual({ pending: 2, running: 1, completed: 1, dead: 0, cancelled: 0 });
    expect(one.queue.counts("b")).toEqual({ pending: 0, running: 0, completed: 1, dead: 0, cancelled: 0 });
    await pass(one, 100);
    expect(one.queue.stats()).toEqual([
      {
        type: "a",
        counts: { pending: 2, running: 1, completed: 0, dead: 0, cancelled: 0 },
        oldestPendingMs: 1000,
        paused: null,
      },
      {
        type: "b",
        counts: { pending: 0, running: 0, completed: 1, dead: 0, cancelled: 0 },
        oldestPendingMs: null,
        paused: null,
      },
    ]);
    const plan = one.database.all<{ detail: string }>(
      "EXPLAIN QUERY PLAN SELECT status, sum(jobs) AS jobs FROM queue_counts GROUP BY status",
    );
    expect(plan.some((row) => row.detail.includes("job_queue"))).toBe(false);
  });

  test("[Q43] the oldest waiting job is found over all priorities and groups", async () => {
    one = await harness.open();
    const now = one.clock.nowMs();
    await one.database.write((unit) => {
      for (let index = 0; index < 60; index += 1) {
        const runAtMs = now - (index === 37 ? 5000 : index);
        one.queue.add(unit, { type: "a", payload: 1, priority: index % 7, group: `g${index % 11}`, runAtMs });
      }
    });
    expect(one.queue.stats()[0]?.oldestPendingMs).toBe(5000);
  });
});

describe("dead letters", () => {
  test("[Q40] redrive gives dead jobs of one type, or of all, a new life, a bounded number at a time", async () => {
    one = await harness.open();
    one.queue.work({ a: one.held, b: one.held }, { concurrency: { a: 20, b: 20 } });
    for (let index = 0; index < 6; index += 1) await addJob(one, { type: index % 3 ? "a" : "b", payload: index });
    const keyed = await addJob(one, { type: "a", payload: "keyed", key: "k" });
    await settle();
    for (const run of one.runs) run.fail(new PermanentFailure("no"));
    await settle();
    await addJob(one, { type: "a", payload: "rival", key: "k" });
    const redrive = (which?: Parameters<typeof one.queue.redrive>[1]): Promise<number> =>
      one.database.write((unit) => one.queue.redrive(unit, which));
    expect(one.queue.counts().dead).toBe(7);
    expect(await redrive({ type: "a", limit: 3 })).toBe(3);
    expect(await redrive({ type: "a", limit: 3 })).toBe(1);
    expect(one.queue.get(keyed.id)?.status).toBe("dead");
    expect(await redrive()).toBe(2);
    await settle();
    expect(one.queue.counts()).toMatchObject({ dead: 1, running: 7 });
    expect(await codeOf(() => redrive({ limit: 0 }))).toBe("BAD_OPTION");
  });
});

describe("retention", () => {
  test("[Q44] what is over and old, or too many, is pruned in bounded batches after jobs end, without a timer", async () => {
    one = await harness.open({
      retention: { completed: { forMs: 10_000, atMost: 700 }, dead: { forMs: 1_000_000, atMost: 2 } },
    });
    let dies = false;
    one.queue.work(
      {
        async a() {
          if (dies) throw new PermanentFailure("no");
        },
        b: never,
      },
      { concurrency: { a: 100 } },
    );
    const run = async (count: number): Promise<void> => {
      await one.database.write((unit) => {
        for (let index = 0; index < count; index += 1) one.queue.add(unit, { type: "a", payload: index });
      });
      await settle(60);
    };
    await run(400);
    await pass(one, 20_000);
    expect(one.queue.counts().completed).toBe(400);
    await run(900);
    // 1,300 are over: the old 400 go, and of the others those beyond 700.
    expect(one.queue.counts().completed).toBeLessThanOrEqual(1200);
    await run(600);
    await settle(60);
    const { completed } = one.queue.counts();
    expect(completed).toBeLessThanOrEqual(700 + 500);
    expect(one.database.get("SELECT count(*) AS n FROM job_queue")).toEqual({ n: completed });
    dies = true;
    for (let index = 0; index < 5; index += 1) await addJob(one, { type: "a", payload: "dies", key: `k${index}` });
    await settle();
    dies = false;
    await run(600);
    expect(one.queue.counts().dead).toBe(2);
    // The attempts of a pruned job go with it.
    expect(one.database.get("SELECT count(*) AS n FROM job_attempts")).toEqual({ n: 2 });
    expect(one.clock.pendingTimers()).toBeLessThanOrEqual(1);
  });

  test("[Q44] an id is not given again when the newest job was pruned, or all were, also after a restart", async () => {
    one = await harness.open({ retention: { cancelled: { forMs: 0, atMost: 0 } } });
    const ids: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { id } = await addJob(one, { type: "a", payload: round });
      ids.push(id);
      await one.database.write((unit) => one.queue.cancel(unit, id, "to be pruned"));
      await one.queue.close();
      one = await harness.open({ retention: { cancelled: { forMs: 0, atMost: 0 } } });
      await settle();
      expect(one.queue.get(id)).toBeUndefined();
    }
    ids.push((await addJob(one, { type: "a", payload: 4 })).id);
    expect(ids).toEqual([1, 2, 3, 4]);
  });

  test("[Q44] a child is kept while its parent is alive", async () => {
    one = await harness.open({ retention: { completed: { forMs: 0, atMost: 0 } } });
    const parent = await addJob(one, { type: "a", payload: 1, delayMs: 50_000 });
    const child = await addJob(one, { type: "b", payload: "child", parentId: parent.id });
    one.queue.work({ a: async () => {}, b: async () => {} }, { concurrency: { b: 50 } });
    await settle();
    await one.database.write((unit) => {
      for (let index = 0; index < 600; index += 1) one.queue.add(unit, { type: "b", payload: index });
    });
    await settle(80);
    expect(one.queue.get(child.id)?.status).toBe("completed");
    expect(one.queue.counts().completed).toBeLessThan(200);
  });
});

describe("search", () => {
  test("[Q45] finds words of payload, result and error, whatever signs they come with", async () => {
    one = await harness.open({ search: true });
    one.queue.work({ a: one.held, b: one.held });
    const tea = await addJob(one, { type: "a", payload: { tea: "Darjeeling first flush" }, workspaceId: "w" });
    const cup = await addJob(one, { type: "b", payload: { cup: "porcelain" } });
    await settle();
    const found = (text: string, more = {}): number[] => one.queue.search({ text, ...more }).map((job) => job.id);
    expect(found("darjeeling")).toEqual([tea.id]);
    expect(found("porcel")).toEqual([cup.id]);
    one.runs[0]?.end({ result: { said: "a golden brew" } });
    one.runs[1]?.fail(new PermanentFailure("it has a crack"));
    await settle();
    expect(found("golden flush")).toEqual([tea.id]);
    expect(found("crack", { status: "dead" })).toEqual([cup.id]);
    expect(found("crack", { status: "completed" })).toEqual([]);
    expect(found("brew", { type: "b" })).toEqual([]);
    expect(found("brew", { workspaceId: "w" })).toEqual([tea.id]);
    for (const hostile of [
      '"',
      "*",
      "a OR b",
      "NEAR(a b)",
      "-x",
      "col:x",
      "(",
      "^a",
      "'",
      "\u0000",
      "😀",
      "a AND",
      "{}",
    ]) {
      expect(() => one.queue.search({ text: hostile })).not.toThrow();
    }
    expect(await codeOf(() => one.queue.search({ text: "" }))).toBe("BAD_OPTION");
  });

  test("[Q45] without the option nothing is indexed", async () => {
    one = await harness.open();
    await addJob(one, { type: "a", payload: "Assam" });
    expect(one.queue.search({ text: "assam" })).toEqual([]);
  });

  test("[Q45][Q26] a job that was added to be searched stays so: without the option later, and after a migration", async () => {
    one = await harness.open({ search: true });
    const { id } = await addJob(one, { type: "a", payload: "Assam" });
    await one.queue.close();
    one = await harness.open();
    // As in a file that comes from before the migration that takes triggers away.
    await one.database.write((unit) => unit.run("DELETE FROM queue_migrations WHERE name = '005_search'"));
    await migrateQueue(one.database);
    one.queue.work({
      async a() {
        return { result: "malty" };
      },
      b: never,
    });
    await settle();
    expect(one.queue.search({ text: "malty" }).map((job) => job.id)).toEqual([id]);
    // With no such job left, the triggers go.
    await one.database.write((unit) => {
      unit.run("DELETE FROM job_queue");
      unit.run("DELETE FROM queue_migrations WHERE name = '005_search'");
    });
    await migrateQueue(one.database);
    expect(
      one.database.all("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'job_search%'"),
    ).toEqual([]);
  });
});
