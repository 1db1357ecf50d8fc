import { afterEach, beforeEach, describe, expect, test } from "vitest";
import fc from "fast-check";
import { DatabaseError } from "@kingly/sqlite";
import { PermanentFailure } from "../src/index.ts";
import { backoffMs } from "../src/backoff-ms.ts";
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
  one = await harness.open({ backoffMs: 1000, maxBackoffMs: 4000 });
});
afterEach(async () => {
  await closeWithoutLeak(one);
  await harness.end();
});

describe("finishing", () => {
  test("[Q11] effect and completed job are one commit", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    let seenInside: string | undefined;
    one.runs[0]?.finish(async (unit) => {
      await writeDone(id)(unit);
      seenInside = unit.get<{ status: string }>("SELECT status FROM job_queue WHERE id = ?", id)?.status;
      await Promise.resolve();
      // The reading connection sees neither of the two yet.
      expect([one.queue.get(id)?.status, doneRows(one)]).toEqual(["running", []]);
    });
    await settle();
    expect(seenInside).toBe("completed");
    expect([one.queue.get(id)?.status, doneRows(one)]).toEqual(["completed", [id]]);
    expect(one.queue.get(id)).toMatchObject({ attempt: 1, error: null, endedAtMs: one.clock.nowMs() });
  });

  test("[Q11] a finish that throws leaves nothing and is a failed attempt", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    one.runs[0]?.finish((unit) => {
      unit.run("INSERT INTO done (job) VALUES (?)", id);
      throw new RangeError("no room on the shelf");
    });
    await settle();
    expect(doneRows(one)).toEqual([]);
    expect(one.queue.get(id)).toMatchObject({ status: "pending", error: "RangeError: no room on the shelf" });
    await pass(one, 1000);
    one.runs[1]?.finish(writeDone(id));
    await settle();
    expect(doneRows(one)).toEqual([id]);
  });

  test("[Q11] of jobs that end together one whose finish throws takes no other with it", async () => {
    one.queue.work({ a: one.held, b: never });
    const ids: number[] = [];
    for (let index = 0; index < 6; index += 1) ids.push((await addJob(one, { type: "a", payload: index })).id);
    await settle();
    for (const [index, run] of one.runs.entries()) {
      if (index === 4)
        run.finish(async (unit) => {
          await Promise.resolve();
          unit.run("INSERT INTO done (job) VALUES (0)");
        });
      else
        run.finish((unit) => {
          unit.run("INSERT INTO done (job) VALUES (?)", run.job.id);
          if (index === 2) throw new Error("only this one");
        });
    }
    await settle();
    expect(doneRows(one)).toEqual([0, ...ids.filter((_, index) => index !== 2 && index !== 4)]);
    expect(one.queue.counts()).toMatchObject({ completed: 5, pending: 1 });
    expect(one.queue.get(ids[2] ?? 0)?.error).toBe("Error: only this one");
  });

  test("[Q11] a finish can add the next job", async () => {
    one.queue.work({ a: one.held, b: one.held });
    await addJob(one, { type: "a", payload: 1, key: "chain" });
    await settle();
    one.runs[0]?.finish((unit) => void one.queue.add(unit, { type: "b", payload: 2, key: "chain" }));
    await settle();
    expect(one.runs.map((run) => run.job.type)).toEqual(["a", "b"]);
  });

  test("[Q12] a finish outlasts a full disk without running the handler again", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    let calls = 0;
    one.runs[0]?.finish((unit) => {
      calls += 1;
      if (calls < 3) throw new DatabaseError("FULL", "The disk is full.");
      unit.run("INSERT INTO done (job) VALUES (?)", id);
    });
    await settle();
    expect(one.queue.get(id)?.status).toBe("running");
    await pass(one, 100);
    expect([calls, one.queue.get(id)?.status]).toEqual([2, "running"]);
    await pass(one, 199);
    expect(calls).toBe(2);
    await pass(one, 1);
    expect([calls, one.queue.get(id)?.status, doneRows(one)]).toEqual([3, "completed", [id]]);
    expect(one.runs).toHaveLength(1);
  });
});

describe("leases", () => {
  test("[Q13] the heartbeat keeps the leases of all held jobs for ever", async () => {
    one.queue.work({ a: one.held, b: one.held });
    for (let index = 0; index < 5; index += 1) await addJob(one, { type: index % 2 ? "a" : "b", payload: index });
    const other = await harness.open({ owner: "other" }, one.clock);
    await settle();
    other.queue.work({ a: other.held, b: other.held });
    for (let beat = 0; beat < 12; beat += 1) await pass(one, 9_999);
    expect(other.runs).toEqual([]);
    expect(one.queue.counts().running).toBe(5);
    const leases = one.database.all<{ until: number }>("SELECT lease_until AS until FROM job_queue");
    for (const lease of leases) expect(lease.until).toBeGreaterThan(one.clock.nowMs() + 20_000 - 1);
    await other.queue.close();
  });

  test("[Q13] a job that is no longer held hears LEASE_LOST at the next beat", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const other = await harness.open({ owner: "other" }, one.clock);
    await other.database.write((unit) => other.queue.cancel(unit, id, "from elsewhere"));
    expect(one.runs[0]?.context.signal.aborted).toBe(false);
    await pass(one, 10_000);
    expect(one.runs[0]?.context.signal.reason).toMatchObject({ code: "LEASE_LOST" });
    await other.queue.close();
  });

  test("[Q14] extendLease renews at once, a heartbeat never shortens it, and a lost job hears LEASE_LOST", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const until = (): number | undefined =>
      one.database.get<{ until: number }>("SELECT lease_until AS until FROM job_queue WHERE id = ?", id)?.until;
    const begun = one.clock.nowMs();
    await one.runs[0]?.context.extendLease(120_000);
    expect(until()).toBe(begun + 120_000);
    await pass(one, 10_000);
    expect(until()).toBe(begun + 120_000);
    await one.database.write((unit) => one.queue.cancel(unit, id, "no"));
    expect(await codeOf(() => one.runs[0]?.context.extendLease())).toBe("LEASE_LOST");
  });
});

describe("failing", () => {
  test("[Q15] the wait is full jitter below a doubling ceiling that never exceeds its maximum", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (attempt, fraction) => {
          const waitMs = backoffMs(attempt, fraction, { backoffMs: 1000, maxBackoffMs: 60_000 });
          const ceilingMs = Math.min(60_000, 1000 * 2 ** (attempt - 1));
          expect(Number.isInteger(waitMs) && waitMs >= 0 && waitMs < ceilingMs).toBe(true);
          expect(waitMs).toBe(Math.floor(fraction * ceilingMs));
        },
      ),
    );
  });

  test("[Q15] a failed attempt is kept with its error and the job runs again after its wait", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const startedAtMs = one.clock.nowMs();
    await pass(one, 5);
    one.runs[0]?.fail(new TypeError("the kettle is cold"));
    await settle();
    const job = one.queue.get(id);
    expect(job).toMatchObject({ status: "pending", attempt: 1, error: "TypeError: the kettle is cold" });
    const waitMs = (job?.runAtMs ?? 0) - one.clock.nowMs();
    expect(waitMs).toBeGreaterThan(0);
    expect(one.queue.attempts(id)).toEqual([
      {
        attempt: 1,
        outcome: "failed",
        error: "TypeError: the kettle is cold",
        owner: "main",
        startedAtMs,
        endedAtMs: startedAtMs + 5,
      },
    ]);
    await pass(one, waitMs - 1);
    expect(one.runs).toHaveLength(1);
    await pass(one, 1);
    expect(one.runs[1]?.job).toMatchObject({ id, attempt: 2 });
  });

  test("[Q16] after maxAttempts a job is dead, and each attempt is on record", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1, maxAttempts: 3 });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await settle();
      one.runs[attempt]?.fail(`string ${attempt}`);
      await pass(one, 4000);
    }
    await pass(one, 100_000);
    expect(one.runs).toHaveLength(3);
    expect(one.queue.get(id)).toMatchObject({ status: "dead", attempt: 3, error: "string 2" });
    expect(one.queue.attempts(id).map((attempt) => attempt.error)).toEqual(["string 0", "string 1", "string 2"]);
  });

  test("[Q16] a permanent failure kills at once, also a foreign error that says so", async () => {
    one.queue.work({ a: one.held, b: one.held });
    const own = await addJob(one, { type: "a", payload: 1 });
    const foreign = await addJob(one, { type: "b", payload: 1 });
    await settle();
    one.runs[0]?.fail(new PermanentFailure("no such tea"));
    one.runs[1]?.fail(Object.assign(new Error("gone"), { retryable: false }));
    await settle();
    expect(one.queue.get(own.id)).toMatchObject({ status: "dead", error: "PermanentFailure: no such tea" });
    expect(one.queue.get(foreign.id)).toMatchObject({ status: "dead", error: "Error: gone" });
  });

  test("[Q17] onDead writes in the unit of the death; that of the type wins", async () => {
    const told: unknown[] = [];
    one.queue.work(
      {
        a: one.held,
        b: { handle: one.held, onDead: (job) => void told.push(["own", job.type]) },
      },
      {
        onDead: (job, error) => (unit) => {
          told.push(["shared", job.id, String(error)]);
          return writeDone(-job.id)(unit);
        },
      },
    );
    const first = await addJob(one, { type: "a", payload: 1 });
    await settle();
    await addJob(one, { type: "b", payload: 1 });
    await settle();
    for (const run of one.runs) run.fail(new PermanentFailure("over"));
    await settle();
    expect(told).toEqual([
      ["own", "b"],
      ["shared", first.id, "PermanentFailure: over"],
    ]);
    expect(doneRows(one)).toEqual([-first.id]);
    expect(one.queue.counts().dead).toBe(2);
  });

  test("[Q17] an onDead that fails does not keep its job alive", async () => {
    one.queue.work({
      a: {
        handle: one.held,
        onDead: () => (unit) => {
          unit.run("INSERT INTO done (job) VALUES (1)");
          throw new Error("a fault");
        },
      },
      b: {
        handle: one.held,
        onDead: () => {
          throw new Error("another fault");
        },
      },
    });
    await addJob(one, { type: "a", payload: 1 });
    await addJob(one, { type: "b", payload: 1 });
    await settle();
    for (const run of one.runs) run.fail(new PermanentFailure("over"));
    await settle();
    expect(one.queue.counts().dead).toBe(2);
    expect(doneRows(one)).toEqual([]);
    const faults = one.log.entries.filter((entry) => entry.message === "onDead failed; the job dies without it");
    expect(new Set(faults.map((entry) => entry.fields["error"]))).toEqual(
      new Set(["Error: a fault", "Error: another fault"]),
    );
  });
});
