import { afterEach, beforeEach, describe, expect, test } from "vitest";
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

describe("owners", () => {
  test("[Q18] epochs rise over all owners of a file", async () => {
    const others = [
      await harness.open({ owner: "x" }),
      await harness.open({ owner: "y" }),
      await harness.open({ owner: "x" }),
    ];
    expect(one.database.all("SELECT name, epoch FROM queue_owners ORDER BY epoch")).toEqual([
      { name: "main", epoch: 1 },
      { name: "y", epoch: 3 },
      { name: "x", epoch: 4 },
    ]);
    for (const other of others) await other.queue.close();
  });

  test("[Q19] orphans of the same owner are pending at once, with the lost attempt counted", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const two = await harness.open();
    expect(two.queue.get(id)).toMatchObject({ status: "pending", attempt: 1 });
    expect(two.queue.attempts(id)).toMatchObject([{ attempt: 1, outcome: "lost", owner: "main" }]);
    two.queue.work({ a: two.held, b: never });
    await settle();
    expect(two.runs.map((run) => run.job.attempt)).toEqual([2]);
    await two.queue.close({ deadlineMs: 0, graceMs: 0 });
  });

  test("[Q19] a job lost in its last attempt dies when its type is worked, and onDead hears of it", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1, maxAttempts: 1 });
    await settle();
    const two = await harness.open();
    const told: unknown[] = [];
    two.queue.work(
      { a: two.held, b: never },
      {
        onDead: (job, error) => {
          told.push(job.attempt, error);
          return writeDone(-job.id);
        },
      },
    );
    await settle();
    expect(two.runs).toEqual([]);
    expect(told).toMatchObject([1, { code: "ATTEMPTS_LOST" }]);
    expect(two.queue.get(id)).toMatchObject({ status: "dead", attempt: 1 });
    expect(two.queue.attempts(id).map((attempt) => attempt.outcome)).toEqual(["lost"]);
    expect(doneRows(two)).toEqual([-id]);
    await two.queue.close();
  });

  test("[Q20] a job of another owner is taken back only when its lease ran out, on time and without polling", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    // The other has a clock of its own: the first process is frozen while time passes.
    const other = await harness.open({ owner: "other" });
    expect(other.queue.get(id)?.status).toBe("running");
    other.queue.work({ a: other.held, b: never });
    await settle();
    expect(other.clock.pendingTimers()).toBe(1);
    await pass(other, 29_999);
    expect(other.runs).toEqual([]);
    await pass(other, 1);
    expect(other.runs.map((run) => [run.job.id, run.job.attempt])).toEqual([[id, 2]]);
    // The frozen one wakes up: it hears that it lost the job, and its finish is refused.
    await pass(one, 30_000);
    expect(one.runs[0]?.context.signal.reason).toMatchObject({ code: "LEASE_LOST" });
    one.runs[0]?.finish(writeDone(id));
    await settle();
    expect(doneRows(one)).toEqual([]);
    other.runs[0]?.finish(writeDone(id));
    await settle();
    expect(doneRows(one)).toEqual([id]);
    await other.queue.close();
  });

  test("[Q20] a lease that ran out and was not taken is still its holder's", async () => {
    one.queue.work({ a: one.held, b: one.held });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    await one.database.write((unit) => void unit.run("UPDATE job_queue SET lease_until = 1 WHERE id = ?", id));
    // A look of the holder itself takes nothing back that it still runs.
    await addJob(one, { type: "b", payload: 1 });
    await settle();
    expect(one.queue.get(id)?.status).toBe("running");
    one.runs[0]?.finish(writeDone(id));
    await settle();
    expect(doneRows(one)).toEqual([id]);
  });

  test("[Q21] a queue whose owner was opened again claims nothing more", async () => {
    one.queue.work({ a: one.held, b: never });
    await addJob(one, { type: "a", payload: 1 });
    await settle();
    const two = await harness.open();
    await addJob(one, { type: "a", payload: 2 });
    await settle();
    expect(one.runs).toHaveLength(1);
    expect(one.runs[0]?.context.signal.reason).toMatchObject({ code: "LEASE_LOST" });
    expect(one.log.entries.map((entry) => entry.level)).toContain("error");
    two.queue.work({ a: two.held, b: never });
    await settle();
    expect(two.runs).toHaveLength(2);
    await two.queue.close({ deadlineMs: 0, graceMs: 0 });
  });
});

describe("cancel", () => {
  test("[Q22] a pending job is cancelled and never runs", async () => {
    const { id } = await addJob(one, { type: "a", payload: 1 });
    expect(await one.database.write((unit) => one.queue.cancel(unit, id, "changed my mind"))).toBe(true);
    one.queue.work({ a: one.held, b: never });
    await settle();
    expect(one.runs).toEqual([]);
    expect(one.queue.get(id)).toMatchObject({ status: "cancelled", error: "changed my mind" });
    expect(await one.database.write((unit) => one.queue.cancel(unit, id, "again"))).toBe(false);
    expect(one.queue.get(id)?.error).toBe("changed my mind");
  });

  test("[Q22] a running job hears of it after the commit, and its finish is refused", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const signal = one.runs[0]?.context.signal;
    await one.database.write((unit) => {
      one.queue.cancel(unit, id, "stop");
      expect(signal?.aborted).toBe(false);
    });
    expect(signal?.reason).toMatchObject({ code: "CANCELLED" });
    one.runs[0]?.finish(writeDone(id));
    await settle();
    expect([doneRows(one), one.queue.get(id)?.status]).toEqual([[], "cancelled"]);
    expect(one.queue.attempts(id)).toMatchObject([{ outcome: "cancelled", error: "stop" }]);
  });

  test("[Q22] a cancel that is taken back cancels nothing", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const undone = one.database.write((unit) => {
      one.queue.cancel(unit, id, "stop");
      throw new Error("taken back");
    });
    await expect(undone).rejects.toThrow("taken back");
    expect(one.runs[0]?.context.signal.aborted).toBe(false);
    one.runs[0]?.finish(writeDone(id));
    await settle();
    expect(doneRows(one)).toEqual([id]);
  });
});

describe("close", () => {
  test("[Q23] close claims nothing more and waits for what runs, which may still add jobs", async () => {
    one.queue.work({ a: one.held, b: never }, { concurrency: { a: 1 } });
    const first = await addJob(one, { type: "a", payload: 1 });
    const second = await addJob(one, { type: "a", payload: 2 });
    await settle();
    let closed = false;
    const closing = one.queue.close().then(() => (closed = true));
    await settle();
    expect([closed, one.runs[0]?.context.signal.aborted]).toEqual([false, false]);
    one.runs[0]?.finish((unit) => void one.queue.add(unit, { type: "b", payload: 3 }));
    await closing;
    expect(one.runs).toHaveLength(1);
    expect(one.queue.get(first.id)?.status).toBe("completed");
    expect(one.queue.get(second.id)).toMatchObject({ status: "pending", attempt: 0 });
    expect(one.queue.counts().pending).toBe(2);
    expect(one.clock.pendingTimers()).toBe(0);
  });

  test("[Q23] after the deadline signals abort, and what stops is given back without an attempt", async () => {
    one.queue.work({ a: one.held, b: one.held });
    const stops = await addJob(one, { type: "a", payload: 1, maxAttempts: 1 });
    const deaf = await addJob(one, { type: "b", payload: 2, maxAttempts: 1 });
    await settle();
    const closing = one.queue.close({ deadlineMs: 5000, graceMs: 500 });
    await pass(one, 4999);
    const [first, second] = one.runs;
    expect(first?.context.signal.aborted).toBe(false);
    await pass(one, 1);
    expect(first?.context.signal.reason).toMatchObject({ code: "CLOSED" });
    first?.fail(first.context.signal.reason);
    await settle();
    expect(one.queue.get(stops.id)).toMatchObject({ status: "pending", attempt: 0 });
    expect(one.queue.get(deaf.id)?.status).toBe("running");
    await pass(one, 500);
    await closing;
    expect(one.queue.get(deaf.id)).toMatchObject({ status: "pending", attempt: 0 });
    expect(one.queue.attempts(deaf.id)).toMatchObject([{ outcome: "released", attempt: 1 }]);
    expect(one.clock.pendingTimers()).toBe(0);
    // The deaf handler ends at last: nothing of it is kept, and the job runs under the next owner.
    second?.finish(writeDone(deaf.id));
    await settle();
    expect(doneRows(one)).toEqual([]);
    const two = await harness.open();
    two.queue.work({ a: two.held, b: two.held });
    await settle();
    expect(two.runs.map((run) => run.job.attempt)).toEqual([1, 1]);
    await two.queue.close({ deadlineMs: 0, graceMs: 0 });
  });

  test("[Q23] a finish that comes after the abort but in time is kept", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1 });
    await settle();
    const closing = one.queue.close({ deadlineMs: 0, graceMs: 500 });
    await settle();
    expect(one.runs[0]?.context.signal.aborted).toBe(true);
    one.runs[0]?.finish(writeDone(id));
    await closing;
    expect(doneRows(one)).toEqual([id]);
  });

  test("[Q23] a claim in flight when close begins is given back", async () => {
    await addJob(one, { type: "a", payload: 1 });
    one.queue.work({ a: one.held, b: never });
    await one.queue.close();
    expect(one.runs).toEqual([]);
    expect(one.queue.counts()).toMatchObject({ pending: 1, running: 0 });
    expect(one.queue.list().items[0]?.attempt).toBe(0);
  });

  test("[Q23] a closed queue refuses, and closing again does nothing", async () => {
    await Promise.all([one.queue.close(), one.queue.close()]);
    expect(await codeOf(() => addJob(one, { type: "a", payload: 1 }))).toBe("CLOSED");
    expect(await codeOf(() => one.database.write((unit) => one.queue.cancel(unit, 1, "x")))).toBe("CLOSED");
    expect(await codeOf(() => one.database.write((unit) => one.queue.retry(unit, 1)))).toBe("CLOSED");
    expect(await codeOf(() => one.queue.work({ a: never, b: never }))).toBe("CLOSED");
  });
});

describe("retry and reading", () => {
  test("[Q24] a dead job gets a new life with all its attempts", async () => {
    one.queue.work({ a: one.held, b: never });
    const { id } = await addJob(one, { type: "a", payload: 1, maxAttempts: 1, key: "k" });
    await settle();
    expect(await one.database.write((unit) => one.queue.retry(unit, id))).toBe(false);
    one.runs[0]?.fail(new Error("once"));
    await settle();
    const rival = await addJob(one, { type: "a", payload: 2, key: "k" });
    expect(await one.database.write((unit) => one.queue.retry(unit, id))).toBe(false);
    await one.database.write((unit) => one.queue.cancel(unit, rival.id, "make room"));
    expect(await one.database.write((unit) => one.queue.retry(unit, id))).toBe(true);
    await settle();
    expect(one.runs.at(-1)?.job).toMatchObject({ id, attempt: 1 });
    one.runs.at(-1)?.fail(new Error("twice"));
    await settle();
    expect(one.queue.get(id)?.status).toBe("dead");
    expect(one.queue.attempts(id).map((attempt) => attempt.error)).toEqual(["Error: once", "Error: twice"]);
  });

  test("[Q25] list pages through every job once, newest first, and filters", async () => {
    await one.database.write((unit) => {
      for (let index = 0; index < 25; index += 1) {
        one.queue.add(unit, { type: index % 2 ? "a" : "b", payload: index, workspaceId: index < 5 ? "w" : null });
      }
    });
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: ReturnType<typeof one.queue.list> = one.queue.list({ limit: 10, cursor });
      seen.push(...page.items.map((job) => job.payload));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 24 - index));
    expect(one.queue.list({ type: "a", workspaceId: "w" }).items.map((job) => job.payload)).toEqual([3, 1]);
    expect(one.queue.list({ status: "dead" })).toEqual({ items: [], next: null });
    expect(await codeOf(() => one.queue.list({ cursor: "1; DROP TABLE" }))).toBe("BAD_CURSOR");
    expect(await codeOf(() => one.queue.list({ limit: 201 }))).toBe("BAD_OPTION");
    expect(one.queue.counts()).toEqual({ pending: 25, running: 0, completed: 0, dead: 0, cancelled: 0 });
    expect(one.queue.get(999)).toBeUndefined();
  });
});
