import { expect } from "vitest";
import type { JobToAdd } from "./engine.ts";
import type { Script, Stage } from "./stage.ts";

const completeAll = async (stage: Stage): Promise<void> => {
  for (const run of stage.open()) run.complete();
  await stage.world.settle();
};
const isOver = (stage: Stage, id: number): boolean =>
  ["completed", "cancelled"].includes(stage.job(id)?.status ?? "") &&
  (stage.fault === "cancel race" || stage.job(id)?.status === "completed");
const allOver =
  (stage: Stage, ...ids: readonly number[]) =>
  (): void =>
    expect(ids.filter((id) => !isOver(stage, id))).toEqual([]);

/** Rules of adding, and of what may start when. */
export const scriptsOfAdding: readonly Script[] = [
  {
    rule: "Q3",
    title: "a job exists if and only if its unit is committed",
    async play(stage) {
      const before = await stage.add();
      await stage.strike(before);
      await expect(stage.by().addAndTakeBack({})).rejects.toThrow(/taken back|disk|lock/);
      const after = await stage.add();
      expect(stage.world.jobs().map((job) => job.id)).toEqual([before, after]);
      return allOver(stage, before, after);
    },
  },
  {
    rule: "Q4",
    title: "no more than maxPending jobs are added to those that wait",
    options: { maxPending: 3, slots: 1 },
    async play(stage) {
      const first = await stage.add();
      await stage.add();
      await stage.strike(first);
      await stage.world.heal();
      let refused: unknown;
      for (let index = 0; index < 12 && refused === undefined; index += 1) {
        refused = await stage.add().then(
          () => undefined,
          (thrown: { code?: string }) => thrown.code,
        );
      }
      expect(refused).toBe("QUEUE_FULL");
      // Jobs that were taken back come on top: they were there before.
      expect(stage.world.counts()["pending"]).toBeLessThanOrEqual(3 + 2);
    },
  },
  {
    rule: "Q5",
    title: "one living job for a key",
    async play(stage) {
      const first = await stage.add({ key: "k" });
      await stage.strike(first);
      const second = await stage.add({ key: "k", payload: 2 });
      const living = stage.world.jobs().filter((job) => job.status === "pending" || job.status === "running");
      expect(living.length).toBeLessThanOrEqual(1);
      if (stage.fault !== "cancel race") expect(second).toBe(first);
      return allOver(stage, first, second);
    },
  },
  {
    rule: "Q28",
    title: "many jobs are added all or not at all",
    async play(stage) {
      const blocker = await stage.add();
      await stage.strike(blocker);
      const many: JobToAdd[] = [{ payload: 1 }, { payload: 2 }, { payload: 3, type: "b" }];
      const added = await stage.insist(() => stage.by().addMany(many));
      for (const { id } of added) stage.added.add(id);
      expect(
        stage.world
          .jobs()
          .filter((job) => job.id !== blocker)
          .map((job) => job.payload),
      ).toEqual([1, 2, 3]);
      return allOver(stage, ...added.map((job) => job.id));
    },
  },
  {
    rule: "Q29",
    title: "a pending job is replaced, and never lost by that",
    async play(stage) {
      const first = await stage.add({ key: "k", payload: 1, delayMs: 60_000 });
      await stage.strike(first);
      const second = await stage.add({ key: "k", payload: 2, onDuplicate: "replace" });
      expect(stage.job(second)?.payload).toBe(2);
      return () => {
        allOver(stage, first, second)();
        expect(stage.runs().map((run) => run.payload)).toContain(2);
      };
    },
  },
  {
    rule: "Q30",
    title: "a debounced job runs with its last payload",
    async play(stage) {
      const first = await stage.add({ key: "k", payload: 1, debounceMs: 40_000 });
      await stage.strike(first);
      const second = await stage.add({ key: "k", payload: 2, debounceMs: 40_000 });
      return () => {
        allOver(stage, first, second)();
        expect(stage.runs().at(-1)?.payload).toBe(2);
      };
    },
  },
  {
    rule: "Q31",
    title: "a group with many jobs does not hold up another",
    options: { slots: 1 },
    async play(stage) {
      const blocker = await stage.add({ group: "big" });
      const big: number[] = [];
      for (let index = 0; index < 8; index += 1) big.push(await stage.add({ group: "big" }));
      const small = await stage.add({ group: "small" });
      await stage.strike(blocker);
      return () => {
        allOver(stage, small, ...big)();
        const firsts = big.map((id) => stage.runs(id)[0]?.order ?? 0);
        const before = firsts.filter((order) => order < (stage.runs(small)[0]?.order ?? 0)).length;
        // Each of the two processes may be in the middle of its round.
        expect(before).toBeLessThanOrEqual(4);
      };
    },
  },
  {
    rule: "Q32",
    title: "a job that is added as running is run, or taken back like any other",
    async play(stage) {
      await stage.strike();
      const id = await stage.add();
      await stage.world.settle();
      expect(stage.job(id)?.status).toBe("running");
      return allOver(stage, id);
    },
  },
  {
    rule: "Q33",
    title: "jobs of one key run one at a time",
    options: { slots: 4 },
    async play(stage) {
      const ids: number[] = [];
      for (let index = 0; index < 4; index += 1) ids.push(await stage.add({ concurrencyKey: "disk" }));
      await stage.strike(ids[0]);
      // The invariant of every scenario counts the running jobs of each key.
      await completeAll(stage);
      return allOver(stage, ...ids);
    },
  },
  {
    rule: "Q34",
    title: "no window has more starts than the rate allows",
    options: { slots: 4, rate: { max: 2, windowMs: 20_000 } },
    async play(stage) {
      const ids: number[] = [];
      for (let index = 0; index < 5; index += 1) ids.push(await stage.add());
      await stage.strike(ids[0]);
      for (let step = 0; step < 12; step += 1) {
        await completeAll(stage);
        await stage.world.pass(5000);
      }
      await stage.world.heal();
      return () => {
        allOver(stage, ...ids)();
        // A wall clock that jumps an hour ahead ends every window.
        if (stage.fault === "clock jump") return;
        const starts = stage.runs().map((run) => run.startedAtMs);
        const most = starts.map((from) => starts.filter((at) => at >= from && at < from + 20_000).length);
        expect(Math.max(...most)).toBeLessThanOrEqual(2);
      };
    },
  },
  {
    rule: "Q35",
    title: "each time of a schedule has one job",
    async play(stage) {
      stage.strangers = true;
      await stage.insist(() => stage.by().schedule("minutely", "* * * * *"));
      await stage.world.settle();
      await stage.strike();
      for (let step = 0; step < 30; step += 1) {
        await completeAll(stage);
        await stage.world.pass(5000);
      }
      await stage.world.heal();
      await stage.insist(() => stage.by().unschedule("minutely"));
      const jobs = stage.world.jobs().length;
      // Two and a half minutes; frozen time, waiting for the disk and an hour's jump come on top, caught up with one job.
      expect(jobs).toBeGreaterThanOrEqual(1);
      expect(jobs).toBeLessThanOrEqual(5);
    },
  },
  {
    rule: "Q36",
    title: "a paused type starts nothing, whoever is replaced or comes back",
    async play(stage) {
      await stage.insist(() => stage.by().pause("a"));
      await stage.strike();
      const id = await stage.add();
      await stage.world.heal();
      await stage.world.pass(31_000);
      expect(stage.runs(id)).toEqual([]);
      await stage.insist(() => stage.by().resume("a"));
      return allOver(stage, id);
    },
  },
  {
    rule: "Q24",
    title: "a dead job that is retried runs again",
    options: { maxAttempts: 1 },
    async play(stage) {
      const id = await stage.add();
      for (const run of stage.open(id)) run.fail(true);
      await stage.world.settle();
      expect(stage.job(id)?.status).toBe("dead");
      await stage.strike(id);
      expect(await stage.insist(() => stage.by().retry(id))).toBe(true);
      await stage.world.settle();
      if (stage.fault !== "freeze") await completeAll(stage);
      return allOver(stage, id);
    },
  },
  {
    rule: "Q40",
    title: "redrive gives all dead jobs a new life, once",
    async play(stage) {
      const ids = [await stage.add(), await stage.add({ type: "b" })];
      for (const run of stage.open()) run.fail(true);
      await stage.world.settle();
      await stage.strike(ids[0]);
      expect(await stage.insist(() => stage.by().redrive())).toBe(2);
      expect(await stage.insist(() => stage.by().redrive())).toBe(0);
      return allOver(stage, ...ids);
    },
  },
  {
    rule: "Q43",
    title: "the counters say what the table says",
    async play(stage) {
      const ids = [await stage.add(), await stage.add({ delayMs: 9000 }), await stage.add({ type: "b" })];
      await stage.strike(ids[2]);
      ids.push(await stage.add(), await stage.add());
      await completeAll(stage);
      // The invariant of every scenario compares them.
      return allOver(stage, ...ids);
    },
  },
];
