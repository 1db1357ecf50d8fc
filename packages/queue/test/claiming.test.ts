import { afterEach, beforeEach, expect, test } from "vitest";
import {
  addJob,
  closeWithoutLeak,
  codeOf,
  createHarness,
  doneRows,
  never,
  pass,
  settle,
  writeDone,
} from "./harness.ts";
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

test("[Q8] highest priority first, then run_at, then id; jobs that are not due are stepped over", async () => {
  const now = one.clock.nowMs();
  await one.database.write((unit) => {
    for (const [name, priority, runAtMs] of [
      ["low", -5, now - 9],
      ["second", 0, now],
      ["third", 0, now],
      ["first of zero", 0, now - 1],
      ["not due", 1000, now + 1],
      ["high", 7, now],
    ] as const) {
      one.queue.add(unit, { type: "a", payload: name, priority, runAtMs });
    }
  });
  one.queue.work({ a: one.held, b: never }, { concurrency: { a: 1 } });
  for (let turn = 0; turn < 5; turn += 1) {
    await settle();
    one.runs.at(-1)?.finish();
  }
  await settle();
  const order = ["high", "first of zero", "second", "third", "low"];
  expect(one.runs.map((run) => run.job.payload)).toEqual(order);
  await pass(one, 1);
  expect(one.runs.at(-1)?.job.payload).toBe("not due");
});

test("[Q8] many slots are filled in one unit and in order", async () => {
  await one.database.write((unit) => {
    for (let index = 0; index < 20; index += 1) one.queue.add(unit, { type: "a", payload: index, priority: index % 3 });
  });
  one.queue.work({ a: one.held, b: never }, { concurrency: { a: 12 } });
  await settle();
  expect(one.runs.map((run) => run.job.payload)).toEqual([2, 5, 8, 11, 14, 17, 1, 4, 7, 10, 13, 16]);
  expect(new Set(one.queue.list({ status: "running" }).items.map((job) => job.startedAtMs)).size).toBe(1);
});

test("[Q8] the slot of a completed job is filled in the same commit", async () => {
  one.queue.work({ a: one.held, b: never }, { concurrency: { a: 1 } });
  const first = await addJob(one, { type: "a", payload: 1 });
  const second = await addJob(one, { type: "a", payload: 2 });
  await settle();
  const statuses = (): unknown[] => [first.id, second.id].map((id) => one.queue.get(id)?.status);
  expect(statuses()).toEqual(["running", "pending"]);
  let seen: unknown;
  one.runs[0]?.finish((unit) => unit.afterCommit(() => (seen = statuses())));
  await settle();
  expect(seen).toEqual(["completed", "running"]);
  expect(one.runs).toHaveLength(2);
});

test("[Q8] a finish that fails claims no successor", async () => {
  one.queue.work({ a: one.held, b: never }, { concurrency: { a: 1 } });
  await addJob(one, { type: "a", payload: 1, maxAttempts: 1 });
  const second = await addJob(one, { type: "a", payload: 2 });
  await settle();
  one.runs[0]?.finish(() => {
    throw new Error("no");
  });
  await settle();
  expect(one.queue.get(second.id)).toMatchObject({ status: "running", attempt: 1 });
  expect(one.runs.map((run) => run.job.payload)).toEqual([1, 2]);
});

test("[Q9] at most `concurrency` handlers of a type run at once, 8 unless said otherwise", async () => {
  await one.database.write((unit) => {
    for (let index = 0; index < 30; index += 1) {
      one.queue.add(unit, { type: "a", payload: index });
      one.queue.add(unit, { type: "b", payload: index });
    }
  });
  one.queue.work({ a: one.held, b: one.held }, { concurrency: { b: 3 } });
  const running = (type: string): number => one.queue.list({ status: "running", type, limit: 200 }).items.length;
  const ended = new Set<number>();
  for (let round = 0; round < 25; round += 1) {
    await settle();
    expect([running("a") <= 8, running("b") <= 3]).toEqual([true, true]);
    for (const run of one.runs.slice(round, round + 4)) {
      if (ended.has(run.job.id)) continue;
      ended.add(run.job.id);
      run.finish();
    }
  }
  await settle();
  expect(one.runs.length).toBe(ended.size + running("a") + running("b"));
  expect(running("a")).toBeGreaterThan(3);
});

test("[Q9] work is called once, and a concurrency needs its handler", async () => {
  const wrong = { a: never, b: never };
  expect(await codeOf(() => one.queue.work(wrong, { concurrency: { c: 1 } as never }))).toBe("UNKNOWN_TYPE");
  expect(await codeOf(() => one.queue.work(wrong, { concurrency: { a: 0 } }))).toBe("BAD_OPTION");
  one.queue.work(wrong);
  expect(await codeOf(() => one.queue.work(wrong))).toBe("ALREADY_WORKING");
});

test("[Q10] a finish of a job that somebody else took is refused whole", async () => {
  one.queue.work({ a: one.held, b: never });
  const { id } = await addJob(one, { type: "a", payload: 1 });
  await settle();
  // The successor of a process that was only frozen: the same job runs again under a new token.
  const two = await harness.open({}, one.clock);
  two.queue.work({ a: two.held, b: never });
  await settle();
  expect(two.runs.map((run) => [run.job.id, run.job.attempt])).toEqual([[id, 2]]);
  one.runs[0]?.finish(writeDone(id));
  await settle();
  expect(doneRows(one)).toEqual([]);
  expect(one.queue.get(id)).toMatchObject({ status: "running", attempt: 2 });
  expect(one.log.entries.map((entry) => entry.message)).toContain(
    "a job was finished after it had been taken back; nothing was kept",
  );
  two.runs[0]?.finish(writeDone(id));
  await settle();
  expect(doneRows(two)).toEqual([id]);
  await two.queue.close();
});

test("[Q10] a late failure is refused too, and an attempt is kept once", async () => {
  one.queue.work({ a: one.held, b: never });
  const { id } = await addJob(one, { type: "a", payload: 1 });
  await settle();
  const two = await harness.open({}, one.clock);
  one.runs[0]?.fail(new Error("too late"));
  await settle();
  expect(one.queue.get(id)).toMatchObject({ status: "pending", attempt: 1, error: "The process that ran it ended." });
  expect(one.queue.attempts(id).map((attempt) => attempt.outcome)).toEqual(["lost"]);
  await two.queue.close();
});

test("[Q10] a late failure does not touch the job while another runs it", async () => {
  one.queue.work({ a: one.held, b: never });
  const { id } = await addJob(one, { type: "a", payload: 1 });
  await settle();
  const two = await harness.open({}, one.clock);
  two.queue.work({ a: two.held, b: never });
  await settle();
  one.runs[0]?.fail(new Error("too late"));
  await settle();
  expect(one.queue.get(id)).toMatchObject({ status: "running", attempt: 2 });
  expect(one.queue.attempts(id).map((attempt) => [attempt.attempt, attempt.outcome])).toEqual([[1, "lost"]]);
  two.runs[0]?.finish();
  await settle();
  expect(one.queue.get(id)?.status).toBe("completed");
  await two.queue.close();
});
