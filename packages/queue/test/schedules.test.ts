import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { closeWithoutLeak, codeOf, createHarness, never, pass, settle } from "./harness.ts";
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

describe("schedules", () => {
  test("[Q35] a schedule adds one job for each of its times, over processes, and survives a restart", async () => {
    one = await harness.open({ leaseMs: 120_000 });
    const two = await harness.open({ owner: "two", leaseMs: 120_000 }, one.clock);
    const woken: unknown[] = [];
    const a = async (job: { readonly payload: unknown }): Promise<void> => void woken.push(job.payload);
    one.queue.work({ a, b: never });
    two.queue.work({ a, b: never });
    const halves = { name: "halves", cron: "*/30 * * * *", job: { type: "a", payload: "wake", group: "g" } } as const;
    await one.database.write((unit) => one.queue.schedule(unit, halves));
    await two.database.write((unit) => two.queue.schedule(unit, halves));
    await settle();
    expect(one.queue.schedules()).toEqual([
      { name: "halves", cron: "*/30 * * * *", type: "a", nextRunAtMs: Date.UTC(2023, 10, 14, 22, 30) },
    ]);
    // In small steps: a lease must not run out between a claim and its commit.
    for (let step = 0; step < 60; step += 1) {
      await one.clock.advanceAsync(59_000);
      await settle(4);
    }
    expect(woken).toEqual(["wake", "wake"]);
    // Claimed in the look that added it, and started: no attempt was lost on the way.
    expect(one.queue.list({ group: "g" }).items.map((job) => job.attempt)).toEqual([1, 1]);
    expect(one.queue.list({ group: "g" }).items.map((job) => new Date(job.runAtMs).toISOString())).toEqual([
      "2023-11-14T23:00:00.000Z",
      "2023-11-14T22:30:00.000Z",
    ]);
    expect(await one.database.write((unit) => one.queue.unschedule(unit, "halves"))).toBe(true);
    await two.queue.close({ deadlineMs: 0, graceMs: 0 });
  });

  test("[Q35] runs that were missed are caught up with one job, for the last of them", async () => {
    one = await harness.open();
    await one.database.write((unit) =>
      one.queue.schedule(unit, { name: "often", cron: "*/10 * * * *", job: { type: "a", payload: 1 } }),
    );
    one.clock.advance(7_200_000);
    one.queue.work({ a: async () => {}, b: never });
    await settle();
    expect(one.queue.list().items.map((job) => job.runAtMs)).toEqual([
      Math.floor(one.clock.nowMs() / 600_000) * 600_000,
    ]);
    for (let minute = 0; minute < 10; minute += 1) await pass(one, 60_000);
    expect(one.queue.counts()).toMatchObject({ completed: 2, pending: 0 });
  });

  test("[Q35] a bad expression, job or payload is refused when it is scheduled", async () => {
    one = await harness.open();
    const put = (cron: string, payload: unknown = 1): Promise<string | undefined> =>
      codeOf(() =>
        one.database.write((unit) => one.queue.schedule(unit, { name: "x", cron, job: { type: "a", payload } })),
      );
    for (const bad of [
      "",
      "* * * *",
      "60 * * * *",
      "* 24 * * *",
      "* * 0 * *",
      "* * * 13 *",
      "* * * * 8",
      "5-1 * * * *",
      "*/0 * * * *",
      "a * * * *",
      "0 0 31 2 *",
    ]) {
      expect([bad, await put(bad)]).toEqual([bad, "BAD_CRON"]);
    }
    expect(await put("* * * * *", Number.NaN)).toBe("BAD_PAYLOAD");
  });
});
