import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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

const payloads = (): unknown[] => one.runs.map((run) => run.job.payload);

describe("adding", () => {
  test("[Q28] addMany adds all in their order, and those before a refused one stand when the unit goes on", async () => {
    one.queue.work({ a: one.held, b: never }, { concurrency: { a: 2 } });
    await one.database.write((unit) => {
      const added = one.queue.addMany(unit, [
        { type: "a", payload: 1 },
        { type: "a", payload: 2, key: "k" },
        { type: "a", payload: 3, key: "k" },
      ]);
      expect(added.map((job) => job.added)).toEqual([true, true, false]);
      expect(() =>
        one.queue.addMany(unit, [
          { type: "a", payload: 4 },
          { type: "a", payload: Number.NaN },
        ]),
      ).toThrow("NaN");
    });
    await settle();
    expect(payloads()).toEqual([1, 2]);
    expect(one.queue.counts()).toMatchObject({ running: 2, pending: 1 });
    expect(
      await codeOf(() =>
        one.database.write((unit) =>
          one.queue.addMany(
            unit,
            Array.from({ length: 10_001 }, () => ({ type: "a", payload: 1 }) as const),
          ),
        ),
      ),
    ).toBe("BAD_OPTION");
  });

  test("[Q29] replace changes a pending job of the key, and adds another beside a running one", async () => {
    const first = await addJob(one, { type: "a", payload: 1, key: "k", delayMs: 60_000 });
    const replaced = await addJob(one, { type: "a", payload: 2, key: "k", onDuplicate: "replace", priority: 3 });
    expect(replaced).toEqual({ id: first.id, added: false, replaced: true });
    expect(one.queue.get(first.id)).toMatchObject({ payload: 2, priority: 3, waitsFor: null });
    one.queue.work({ a: one.held, b: never });
    await settle();
    expect(payloads()).toEqual([2]);
    const beside = await addJob(one, { type: "a", payload: 3, key: "k", onDuplicate: "replace" });
    expect(beside).toMatchObject({ added: true });
    await settle();
    expect(payloads()).toEqual([2, 3]);
  });

  test("[Q30] a debounced job runs once, with the last payload, when no other came for so long", async () => {
    one.queue.work({ a: one.held, b: never });
    const first = await addJob(one, { type: "a", payload: 1, key: "k", debounceMs: 1000 });
    for (let payload = 2; payload <= 5; payload += 1) {
      await pass(one, 900);
      const again = await addJob(one, { type: "a", payload, key: "k", debounceMs: 1000 });
      expect(again).toEqual({ id: first.id, added: false, replaced: true });
    }
    await pass(one, 999);
    expect(one.runs).toHaveLength(0);
    await pass(one, 1);
    expect(payloads()).toEqual([5]);
    // It runs: what comes now is a job of its own, and nothing of it is lost.
    await addJob(one, { type: "a", payload: 6, key: "k", debounceMs: 1000 });
    await pass(one, 1000);
    expect(payloads()).toEqual([5, 6]);
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1, debounceMs: 5 }))).toBe("BAD_JOB");
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1, key: "k", debounceMs: 5, delayMs: 5 }))).toBe(
      "BAD_JOB",
    );
  });

  test("[Q32] a due job that finds a free slot is added as running, unless another waits or the unit is taken back", async () => {
    one.queue.work({ a: one.held, b: never }, { concurrency: { a: 2 } });
    await settle();
    let inside: unknown;
    const id = await one.database.write((unit) => {
      const added = one.queue.add(unit, { type: "a", payload: 1 });
      inside = unit.get("SELECT status, attempt, claim FROM job_queue WHERE id = ?", added.id);
      return added.id;
    });
    expect(inside).toEqual({ status: "running", attempt: 1, claim: 1 });
    await settle();
    expect(one.runs[0]?.job).toMatchObject({ id, attempt: 1, payload: 1 });
    const undone = one.database.write((unit) => {
      one.queue.add(unit, { type: "a", payload: 2 });
      throw new Error("taken back");
    });
    await expect(undone).rejects.toThrow("taken back");
    // Its slot comes back with the next look: three more jobs, one free slot.
    for (const payload of [3, 4, 5]) await addJob(one, { type: "a", payload });
    await settle();
    expect(payloads()).toEqual([1, 3]);
    one.runs[0]?.finish();
    await settle();
    expect(payloads()).toEqual([1, 3, 4]);
    expect(one.queue.counts()).toMatchObject({ completed: 1, running: 2, pending: 1 });
  });
});

describe("groups", () => {
  test("[Q31] one workspace with a thousand jobs does not hold up another with one", async () => {
    await one.database.write((unit) => {
      for (let index = 0; index < 1000; index += 1) {
        one.queue.add(unit, { type: "a", payload: `big ${index}`, workspaceId: "big" });
      }
      one.queue.add(unit, { type: "a", payload: "small", workspaceId: "small" });
      one.queue.add(unit, { type: "a", payload: "nobody's" });
    });
    one.queue.work({ a: one.held, b: never }, { concurrency: { a: 1 } });
    for (let turn = 0; turn < 5; turn += 1) {
      await settle();
      one.runs[turn]?.finish();
    }
    await settle();
    expect(new Set(payloads().slice(0, 5))).toEqual(new Set(["big 0", "big 1", "big 2", "nobody's", "small"]));
    expect(payloads().slice(0, 3)).toEqual(expect.arrayContaining(["small", "nobody's"]));
  });

  test("[Q31] between two jobs of a group every other group with a claimable job of that priority has its turn", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ group: fc.constantFrom("", "a", "b", "c", "d"), priority: fc.constantFrom(0, 1) }), {
          minLength: 5,
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 4 }),
        async (jobs, slots) => {
          const own = await createHarness();
          const opened = await own.open();
          await opened.database.write((unit) => {
            for (const [index, job] of jobs.entries()) opened.queue.add(unit, { type: "a", payload: index, ...job });
          });
          opened.queue.work({ a: opened.held, b: never }, { concurrency: { a: slots } });
          for (let turn = 0; turn < jobs.length; turn += 1) {
            await settle(4);
            opened.runs[turn]?.finish();
          }
          await settle(4);
          const order = opened.runs.map((run) => run.job.payload as number);
          expect(order.toSorted((a, b) => a - b)).toEqual([...jobs.keys()]);
          for (const priority of [0, 1]) {
            const groups = order.flatMap((index) => (jobs[index]?.priority === priority ? [jobs[index]?.group] : []));
            for (const [place, group] of groups.entries()) {
              const next = groups.indexOf(group, place + 1);
              if (next < 0) continue;
              // Whoever has jobs later as well had one between these two.
              const between = new Set(groups.slice(place + 1, next));
              const later = new Set(groups.slice(next + 1));
              later.delete(group);
              expect([...later].filter((other) => !between.has(other) && groups.indexOf(other) > next)).toEqual([]);
            }
          }
          await closeWithoutLeak(opened);
          await own.end();
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("pause and resume", () => {
  test("[Q36] a paused type starts nothing in any process, also after a restart; what runs goes on", async () => {
    one.queue.work({ a: one.held, b: one.held }, { concurrency: { a: 1 } });
    await addJob(one, { type: "a", payload: 1 });
    await addJob(one, { type: "a", payload: 2 });
    await settle();
    expect(await one.database.write((unit) => one.queue.pause(unit, "a", "the well is dry"))).toBe(true);
    expect(await one.database.write((unit) => one.queue.pause(unit, "a", "again"))).toBe(false);
    one.runs[0]?.finish();
    await addJob(one, { type: "a", payload: 3 });
    await addJob(one, { type: "b", payload: "other" });
    await settle();
    expect(payloads()).toEqual([1, "other"]);
    expect(one.queue.stats().find((type) => type.type === "a")?.paused).toBe("the well is dry");
    const two = await harness.open({ owner: "two" }, one.clock);
    two.queue.work({ a: two.held, b: never });
    await settle();
    expect(two.runs).toEqual([]);
    await two.queue.close();
    expect(await one.database.write((unit) => one.queue.resume(unit, "a"))).toBe(true);
    await settle();
    expect(payloads()).toEqual([1, "other", 2]);
  });
});

describe("progress", () => {
  test("[Q38] reports reach listeners at once and the table a little later, the last one of each job", async () => {
    const heard: unknown[] = [];
    const end = one.queue.onProgress(({ id, progress, message }) => heard.push([id, progress, message]));
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const context = one.runs[0]?.context;
    context?.report(0.1, "begun");
    context?.report(0.2);
    context?.report(0.3, "x".repeat(600));
    expect(heard).toEqual([
      [id, 0.1, "begun"],
      [id, 0.2, null],
      [id, 0.3, "x".repeat(500)],
    ]);
    await settle();
    expect(one.queue.get(id)).toMatchObject({ progress: 0.1, progressMessage: "begun" });
    await pass(one, 250);
    expect(one.queue.get(id)).toMatchObject({ progress: 0.3, progressMessage: "x".repeat(500) });
    expect(() => context?.report(1.1)).toThrow("progress must be from 0 to 1");
    end();
    await one.database.write((unit) => one.queue.cancel(unit, id, "stop"));
    context?.report(0.9, "nobody hears it");
    await pass(one, 1000);
    expect([heard.length, one.queue.get(id)?.progress]).toEqual([3, 0.3]);
  });
});
