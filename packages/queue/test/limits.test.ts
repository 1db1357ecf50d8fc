import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineJobs, openQueue } from "../src/index.ts";
import { addJob, closeWithoutLeak, createHarness, never, pass, settle } from "./harness.ts";
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

describe("keys with limits", () => {
  test("[Q33] jobs of one key run so many at a time, over types and processes; the next one follows at once", async () => {
    const two = await harness.open({ owner: "two" }, one.clock);
    for (let index = 0; index < 6; index += 1) {
      await addJob(one, { type: index % 2 ? "a" : "b", payload: index, concurrencyKey: "disk", concurrencyLimit: 2 });
    }
    await addJob(one, { type: "a", payload: "free" });
    one.queue.work({ a: one.held, b: one.held });
    two.queue.work({ a: two.held, b: two.held });
    await settle();
    const runs = (): Opened["runs"] => [...one.runs, ...two.runs];
    expect(runs().map((run) => run.job.payload)).toEqual(expect.arrayContaining([0, 1, "free"]));
    expect(runs()).toHaveLength(3);
    expect(one.queue.get(3)?.waitsFor).toBe("key");
    runs()
      .find((run) => run.job.payload === 0)
      ?.finish();
    await settle();
    expect(one.queue.counts()).toMatchObject({ completed: 1, running: 3, pending: 3 });
    await one.database.write((unit) => one.queue.cancel(unit, 2, "no"));
    await settle();
    expect(one.queue.counts()).toMatchObject({ cancelled: 1, running: 3, pending: 2 });
    await two.queue.close({ deadlineMs: 0, graceMs: 0 });
  });

  test("[Q33] whatever happens, no key has more jobs running than its limit, and none waits without a reason", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            do: fc.constantFrom("add", "add", "add", "finish", "finish", "fail", "cancel", "pass"),
            key: fc.constantFrom("x", "y"),
            pick: fc.nat(100),
            delayMs: fc.constantFrom(0, 0, 500),
          }),
          { maxLength: 40 },
        ),
        async (steps) => {
          const own = await createHarness();
          const opened = await own.open({ backoffMs: 400 });
          opened.queue.work({ a: opened.held, b: never }, { concurrency: { a: 5 } });
          const limits = { x: 1, y: 2 } as const;
          const ended = new Set<number>();
          let added = 0;
          for (const step of steps) {
            const open = [...opened.runs.keys()].filter((index) => !ended.has(index));
            const chosen = open[step.pick % Math.max(1, open.length)];
            const { key } = step;
            if (step.do === "add") {
              added += 1;
              await addJob(opened, {
                type: "a",
                payload: 1,
                delayMs: step.delayMs,
                priority: step.pick % 3,
                concurrencyKey: key,
                concurrencyLimit: limits[key],
              });
            } else if (step.do === "pass") await pass(opened, 500);
            else if (step.do === "cancel" && added > 0) {
              await opened.database.write((unit) => opened.queue.cancel(unit, 1 + (step.pick % added), "no"));
            } else if (chosen !== undefined) {
              ended.add(chosen);
              if (step.do === "finish") opened.runs[chosen]?.finish();
              else opened.runs[chosen]?.fail(new Error("no"));
            }
            await settle(6);
            for (const [name, limit] of Object.entries(limits)) {
              const rows = opened.database.all<{ status: string; waits: string | null }>(
                "SELECT status, waits FROM job_queue WHERE concurrency_key = ? AND status IN ('pending', 'running')",
                name,
              );
              const running = rows.filter((row) => row.status === "running").length;
              expect(running).toBeLessThanOrEqual(limit);
              if (rows.some((row) => row.waits === "key")) expect(running).toBe(limit);
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

describe("rates", () => {
  test("[Q34] at most `max` jobs of a type start in any window, over all processes; the next ones on time", async () => {
    const jobs = defineJobs({ a: { rate: { max: 3, windowMs: 1000 } }, b: {} });
    const starts: number[] = [];
    const openOne = async (owner: string): Promise<() => Promise<void>> => {
      const base = await harness.open({ owner: `${owner} unused` }, one.clock);
      const queue = await openQueue(
        {
          database: base.database,
          clock: one.clock,
          random: { bytes: () => new Uint8Array(8), fraction: () => 0 },
          jobs,
        },
        { owner, heartbeatThread: false, wakesOthers: false },
      );
      queue.work({
        async a() {
          starts.push(one.clock.nowMs());
        },
        b: never,
      });
      return () => queue.close();
    };
    const closers = [await openOne("x"), await openOne("y")];
    await one.database.write((unit) => {
      for (let index = 0; index < 11; index += 1) one.queue.add(unit, { type: "a", payload: index });
    });
    // The others are not woken by this process here: they look when their own jobs are added.
    for (let step = 0; step < 60; step += 1) await pass(one, 100);
    for (const close of closers) await close();
    const begun = starts.filter((at) => at >= 0);
    for (const at of begun)
      expect(begun.filter((other) => other >= at && other < at + 1000).length).toBeLessThanOrEqual(3);
  });

  test("[Q34] a rate lets all jobs through in the end, without polling", async () => {
    const jobs = defineJobs({ a: { rate: { max: 2, windowMs: 1000 }, concurrency: 5 } });
    const queue = await openQueue(
      { database: one.database, clock: one.clock, random: { bytes: () => new Uint8Array(8), fraction: () => 0 }, jobs },
      { owner: "rated", heartbeatThread: false, wakesOthers: false },
    );
    const starts: number[] = [];
    const begun = one.clock.nowMs();
    queue.work({
      async a() {
        starts.push(one.clock.nowMs() - begun);
      },
    });
    await one.database.write((unit) => {
      for (let index = 0; index < 7; index += 1) queue.add(unit, { type: "a", payload: index });
    });
    await settle();
    for (let step = 0; step < 8; step += 1) await pass(one, 500);
    expect(starts).toEqual([0, 0, 1000, 1000, 2000, 2000, 3000]);
    await queue.close();
  });
});
