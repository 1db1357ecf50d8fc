import { afterEach, beforeEach, expect, test } from "vitest";
import { addJob, closeWithoutLeak, codeOf, createHarness, doneRows, never, settle, writeDone } from "./harness.ts";
import type { Harness, Opened } from "./harness.ts";
import type { JobEnd } from "../src/index.ts";

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

/** A parent that splits itself into `b` jobs and awaits them; its second run is kept with what it saw. */
function split(count: number): (seen: unknown[]) => void {
  return (seen) =>
    one.queue.work(
      {
        async a(job, context): Promise<JobEnd> {
          const children = context.children();
          if (children === undefined) {
            return {
              awaitChildren: true,
              finish(unit) {
                for (let index = 0; index < count; index += 1) {
                  one.queue.add(unit, { type: "b", payload: index, parentId: job.id });
                }
              },
            };
          }
          seen.push([job.attempt, children.map((child) => [child.payload, child.status, child.result])]);
          return { result: "joined", finish: writeDone(job.id) };
        },
        b: one.held,
      },
      { concurrency: { b: 2 } },
    );
}

test("[Q41] a parent gives its slot back, and runs again with its children's results when all are over", async () => {
  const seen: unknown[] = [];
  split(3)(seen);
  const { id } = await addJob(one, { type: "a", payload: 1, maxAttempts: 1 });
  await settle();
  expect(one.queue.get(id)).toMatchObject({ status: "pending", waitsFor: "children", attempt: 0 });
  expect(one.queue.list({ parentId: id }).items).toHaveLength(3);
  expect(one.runs).toHaveLength(2);
  one.runs[0]?.end({ result: "x" });
  one.runs[1]?.fail(Object.assign(new Error("no"), { retryable: false }));
  await settle();
  expect(seen).toEqual([]);
  one.runs[2]?.finish();
  await settle();
  expect(seen).toEqual([
    [
      1,
      [
        [0, "completed", "x"],
        [1, "dead", null],
        [2, "completed", null],
      ],
    ],
  ]);
  expect(one.queue.get(id)).toMatchObject({ status: "completed", result: "joined", attempt: 1 });
  expect(doneRows(one)).toEqual([id]);
});

test("[Q41] a parent without living children goes on at once", async () => {
  const seen: unknown[] = [];
  split(0)(seen);
  await addJob(one, { type: "a", payload: 1 });
  await settle();
  expect(seen).toEqual([[1, []]]);
});

test("[Q41] a waiting family survives a restart", async () => {
  const seen: unknown[] = [];
  split(1)(seen);
  const { id } = await addJob(one, { type: "a", payload: 1 });
  await settle();
  await one.queue.close({ deadlineMs: 0, graceMs: 0 });
  const two = await harness.open();
  two.queue.work({
    async a(_job, context) {
      seen.push(context.children()?.length);
    },
    b: two.held,
  });
  await settle();
  expect(seen).toEqual([]);
  two.runs[0]?.finish();
  await settle();
  expect(seen).toEqual([1]);
  expect(two.queue.get(id)?.status).toBe("completed");
  await closeWithoutLeak(two);
});

test("[Q41] cancel goes down to the living descendants, running ones hear of it", async () => {
  one.queue.work({ a: one.held, b: one.held });
  const root = await addJob(one, { type: "a", payload: "root" });
  const child = await addJob(one, { type: "a", payload: "child", parentId: root.id });
  const grandchild = await addJob(one, { type: "b", payload: "grandchild", parentId: child.id });
  const over = await addJob(one, { type: "b", payload: "over", parentId: root.id });
  const stranger = await addJob(one, { type: "b", payload: "stranger" });
  await settle();
  one.runs.find((run) => run.job.id === over.id)?.finish();
  await settle();
  await one.database.write((unit) => one.queue.cancel(unit, root.id, "enough"));
  await settle();
  const statuses = [root, child, grandchild, over, stranger].map(({ id }) => one.queue.get(id)?.status);
  expect(statuses).toEqual(["cancelled", "cancelled", "cancelled", "completed", "running"]);
  const aborted = one.runs.map((run) => run.context.signal.aborted);
  expect(aborted).toEqual([true, true, true, false, false]);
});

test("[Q41] a family is bounded: no child of what is over, ten generations, ten thousand children", async () => {
  const root = await addJob(one, { type: "a", payload: 0, delayMs: 1000 });
  let parentId = root.id;
  for (let generation = 1; generation <= 10; generation += 1) {
    ({ id: parentId } = await addJob(one, { type: "a", payload: generation, parentId, delayMs: 1000 }));
  }
  expect(await codeOf(() => addJob(one, { type: "a", payload: 11, parentId }))).toBe("BAD_JOB");
  await one.database.write((unit) => void unit.run("UPDATE job_queue SET children = 10000 WHERE id = ?", root.id));
  expect(await codeOf(() => addJob(one, { type: "a", payload: 1, parentId: root.id }))).toBe("BAD_JOB");
  await one.database.write((unit) => one.queue.cancel(unit, root.id, "over"));
  expect(one.queue.counts()).toMatchObject({ cancelled: 11, pending: 0 });
  expect(await codeOf(() => addJob(one, { type: "a", payload: 1, parentId: root.id }))).toBe("BAD_JOB");
  expect(await codeOf(() => addJob(one, { type: "a", payload: 1, parentId: 999_999 }))).toBe("BAD_JOB");
  one.queue.work({ a: never, b: never });
});
