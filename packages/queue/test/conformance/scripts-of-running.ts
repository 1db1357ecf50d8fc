import { expect } from "vitest";
import type { Script, Stage } from "./stage.ts";

const completeAll = async (stage: Stage, id?: number): Promise<void> => {
  for (const run of stage.open(id)) run.complete();
  await stage.world.settle();
};
/** A cancel may have come first; everything else must have completed. */
const completes =
  (stage: Stage, ...ids: readonly number[]) =>
  (): void => {
    const allowed = stage.fault === "cancel race" ? ["completed", "cancelled"] : ["completed"];
    for (const id of ids) expect([id, allowed.includes(stage.job(id)?.status ?? "")]).toEqual([id, true]);
  };

/** Rules of running and ending a job. */
export const scriptsOfRunning: readonly Script[] = [
  {
    rule: "Q7",
    title: "a delayed job starts when it is due, and not before",
    async play(stage) {
      const id = await stage.add({ delayMs: 20_000 });
      await stage.strike(id);
      await stage.world.pass(stage.fault === "freeze" ? 0 : 15_000);
      // By the clock that jumped an hour ahead it is due.
      if (stage.fault !== "clock jump" && stage.fault !== "freeze") expect(stage.runs(id)).toEqual([]);
      await stage.world.heal();
      await stage.world.pass(31_000);
      if (stage.fault !== "cancel race") expect(stage.runs(id).length).toBeGreaterThan(0);
      return completes(stage, id);
    },
  },
  {
    rule: "Q8",
    title: "the highest priority starts first",
    options: { slots: 1 },
    async play(stage) {
      const blockers = [await stage.add(), await stage.add()];
      const low = await stage.add({ priority: 1 });
      const high = await stage.add({ priority: 5 });
      await stage.strike(blockers[0]);
      await completeAll(stage);
      return () => {
        completes(stage, low, high)();
        expect(stage.runs(high)[0]?.order).toBeLessThan(stage.runs(low)[0]?.order ?? 0);
      };
    },
  },
  {
    rule: "Q9",
    title: "no process runs more handlers of a type than it has slots",
    options: { slots: 2 },
    async play(stage) {
      const ids: number[] = [];
      for (let index = 0; index < 7; index += 1) ids.push(await stage.add());
      await stage.strike(ids[0]);
      await completeAll(stage);
      // The invariant of every scenario counts the open runs of each process that is awake.
      return completes(stage, ...ids);
    },
  },
  {
    rule: "Q10",
    title: "of all that finish a job one is believed",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      await stage.world.settle();
      await completeAll(stage, id);
      await stage.world.heal();
      await completeAll(stage, id);
      return completes(stage, id);
    },
  },
  {
    rule: "Q11",
    title: "the effect is there if and only if the job is completed",
    async play(stage) {
      const ids = [await stage.add(), await stage.add(), await stage.add({ type: "b" })];
      await stage.strike(ids[1]);
      await completeAll(stage);
      return completes(stage, ...ids);
    },
  },
  {
    rule: "Q12",
    title: "an end outlasts a lock or a full disk without another run",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      await completeAll(stage, id);
      if (stage.fault === "busy" || stage.fault === "full disk") expect(stage.job(id)?.status).toBe("running");
      await stage.world.heal();
      return () => {
        completes(stage, id)();
        if (stage.fault === "busy" || stage.fault === "full disk") expect(stage.runs(id)).toHaveLength(1);
      };
    },
  },
  {
    rule: "Q13",
    title: "who is awake keeps its jobs for many leases, or hears that it lost them",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      await stage.world.heal();
      await stage.world.pass(95_000);
      // The invariant: among the processes that are awake one at most believes that it holds the job.
      expect(stage.open(id).filter((run) => run.told() === undefined).length).toBeLessThanOrEqual(2);
      return completes(stage, id);
    },
  },
  {
    rule: "Q15",
    title: "a failed attempt is tried again after its wait",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      for (const run of stage.open(id)) run.fail();
      await stage.world.heal();
      await stage.world.pass(10_000);
      return () => {
        completes(stage, id)();
        if (stage.fault !== "cancel race") expect(stage.runs(id).length).toBeGreaterThanOrEqual(2);
      };
    },
  },
  {
    rule: "Q16",
    title: "after its last attempt a job is dead",
    options: { maxAttempts: 2, backoffMs: 100 },
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      for (let round = 0; round < 4; round += 1) {
        for (const run of stage.open(id)) run.fail();
        await stage.world.heal();
        await stage.world.pass(31_000);
      }
      return () => {
        const job = stage.job(id);
        expect([job?.status, (job?.attempt ?? 9) <= 2]).toEqual([
          job?.status === "cancelled" && stage.fault === "cancel race" ? "cancelled" : "dead",
          true,
        ]);
      };
    },
  },
  {
    rule: "Q17",
    title: "a death is told once",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      for (const run of stage.open(id)) run.fail(true);
      await stage.world.heal();
      for (let round = 0; round < 3; round += 1) {
        await stage.world.pass(31_000);
        for (const run of stage.open(id)) run.fail(true);
      }
      return () => {
        const dead = stage.job(id)?.status === "dead" ? [id] : [];
        expect(stage.world.deaths()).toEqual(dead);
        if (stage.fault !== "cancel race") expect(dead).toEqual([id]);
      };
    },
  },
  {
    rule: "Q19",
    title: "jobs of a process that died begin again at once under its owner",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      if (stage.fault === "crash") {
        expect(stage.runs(id)).toHaveLength(2);
        expect(stage.job(id)?.attempt).toBe(2);
      }
      return completes(stage, id);
    },
  },
  {
    rule: "Q20",
    title: "another owner's job is taken when its lease ran out, and not before",
    async play(stage) {
      const id = await stage.add();
      // It looks, and sees the lease of the other one.
      stage.added.add((await stage.world.two().add({ type: "b", delayMs: 1 })).id);
      await stage.world.settle();
      await stage.strike(id);
      const taken = stage.world
        .two()
        .runs()
        .filter((run) => run.id === id);
      expect(taken).toHaveLength(stage.fault === "freeze" ? 1 : 0);
      return completes(stage, id);
    },
  },
  {
    rule: "Q21",
    title: "who was replaced claims nothing more",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      const ghosts = stage.world
        .all()
        .filter((process) => process !== stage.world.one() && process !== stage.world.two());
      const before = ghosts.map((ghost) => ghost.runs().length);
      const more = [await stage.add(), await stage.add(), await stage.add()];
      await stage.world.heal();
      await stage.world.pass(31_000);
      expect(ghosts.map((ghost) => ghost.runs().length)).toEqual(before);
      return completes(stage, id, ...more);
    },
  },
  {
    rule: "Q22",
    title: "a cancelled job keeps no effect, and one that is over stays as it is",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      await stage.insist(() => stage.by().cancel(id));
      await completeAll(stage, id);
      return () => expect(stage.job(id)?.status).toBe("cancelled");
    },
  },
  {
    rule: "Q23",
    title: "what a closing process held is run by another, its attempt not counted",
    async play(stage) {
      const id = await stage.add({ maxAttempts: 3 });
      await stage.strike(id);
      await stage.world.heal();
      await stage.world.one().close();
      await stage.world.pass(31_000);
      // It is woken by an add of its own.
      await stage.insist(() =>
        stage.world
          .two()
          .add({})
          .then((more) => stage.added.add(more.id)),
      );
      await stage.world.settle();
      return completes(stage, id);
    },
  },
  {
    rule: "Q38",
    title: "progress that was reported stays with the job or is told again, and harms nothing",
    async play(stage) {
      const id = await stage.add();
      for (const run of stage.open(id)) run.report(0.5);
      await stage.strike(id);
      for (const run of stage.open(id)) run.report(0.7);
      await stage.world.heal();
      return () => {
        completes(stage, id)();
        expect([0.5, 0.7]).toContain(stage.job(id)?.progress);
      };
    },
  },
  {
    rule: "Q39",
    title: "a result is kept with the completion that was believed",
    async play(stage) {
      const id = await stage.add();
      await stage.strike(id);
      for (const run of stage.open(id)) run.complete({ result: { attempt: run.attempt } });
      await stage.world.settle();
      return () => {
        completes(stage, id)();
        const job = stage.job(id);
        if (job?.status === "completed" && job.result !== null) expect(job.result).toEqual({ attempt: job.attempt });
      };
    },
  },
  {
    rule: "Q41",
    title: "a parent goes on when its children are over, with all of them",
    async play(stage) {
      const id = await stage.add();
      const child = await stage.add({ type: "b", parentId: id });
      for (const run of stage.open(id)) run.complete({ awaitChildren: true });
      await stage.world.settle();
      expect(stage.job(id)?.status).toBe("pending");
      await stage.strike(child);
      await completeAll(stage, child);
      await stage.world.heal();
      await stage.world.pass(31_000);
      const again = stage.runs(id).at(-1);
      if (stage.job(child)?.status !== "running" && stage.job(id)?.status === "running") {
        expect(again?.children()?.map((view) => view.id)).toEqual([child]);
      }
      return () => {
        completes(stage, child)();
        expect(stage.job(id)?.status).toBe("completed");
      };
    },
  },
];
