import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import { verifyStore } from "@kingly/store";
import type { TaskStatus } from "@kingly/store";
import { expect, test } from "vitest";
import type { Work } from "../src/mind/work.ts";
import { tendDatabase, tendTimes } from "../src/tend-database.ts";
import type { TendOptions } from "../src/tend-database.ts";
import { endHouse, makeHome, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

const keep = (home: string, ...args: string[]): Promise<{ code: number; said: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, KINGLY_HOME: home };
    execFile(
      process.execPath,
      [join(import.meta.dirname, "../src/keep.ts"), ...args],
      { env },
      (error, out, problems) => resolve({ code: error === null ? 0 : Number(error.code), said: out + problems }),
    );
  });
const remember = (house: House, key: string): Promise<unknown> =>
  house.back.database.write((unit) =>
    house.back.store.memory.remember(unit, { workspaceId: "default", key, value: "tea" }, { origin: "user" }),
  );

test(
  "[O33] verify and backup work beside a running orchestrator, restore puts a backup in place and begins anew",
  { timeout: 120_000 },
  async () => {
    const house = await openHouse({ works: false });
    const { home } = house;
    const backup = join(home, "my.bak");
    await remember(house, "kept");
    expect(await keep(home, "verify")).toMatchObject({
      code: 0,
      said: expect.stringMatching(/^0 findings in \d+ events/),
    });
    expect((await keep(home, "backup", backup)).code).toBe(0);
    await remember(house, "later");
    const epoch = house.back.store.events.position("default")?.epoch;
    // Open elsewhere: nothing is put in place.
    expect(await keep(home, "restore", backup)).toMatchObject({
      code: 1,
      said: expect.stringMatching(/Another process|BUSY|busy|open/),
    });
    await house.close();

    // A backup that somebody changed is not put in place either.
    const harmed = join(home, "harmed.bak");
    copyFileSync(backup, harmed);
    const raw = openDatabase({ path: harmed });
    await raw.write((unit) => {
      unit.run("DROP TRIGGER outside_memory_update");
      unit.run("UPDATE memory SET confidence = 0.5");
    });
    await raw.close();
    const refused = await keep(home, "restore", harmed);
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining("SCHEMA_CHANGED") });
    expect(existsSync(join(home, "kingly.db.replaced"))).toBe(false);

    expect(await keep(home, "restore", backup)).toMatchObject({ code: 0, said: expect.stringContaining(".replaced") });
    const again = await openHouse({ home, works: false });
    expect(again.back.store.memory.recall("default", "kept")?.value).toBe("tea");
    expect(again.back.store.memory.recall("default", "later")).toBeUndefined();
    expect(again.back.store.events.position("default")?.epoch).not.toBe(epoch);
    await endHouse(again);
  },
);

test("[O33] what is no command, no backup or no database is told with what to do", { timeout: 60_000 }, async () => {
  const home = makeHome();
  for (const args of [[], ["verify", "x"], ["backup"], ["burn"]])
    expect(await keep(home, ...args)).toMatchObject({
      code: 64,
      said: expect.stringContaining("keep.ts restore <file>"),
    });
  expect(await keep(home, "restore", join(home, "none"))).toMatchObject({ code: 1 });
  writeFileSync(join(home, "kingly.db"), "This is no database. ".repeat(100));
  const before = readFileSync(join(home, "kingly.db"));
  for (const args of [["verify"], ["backup", join(home, "b")]])
    expect(await keep(home, ...args)).toMatchObject({
      code: 1,
      said: expect.stringContaining("not a SQLite database"),
    });
  expect(readFileSync(join(home, "kingly.db"))).toEqual(before);
  rmSync(home, { recursive: true, force: true });
});

test("[O42] bills are let go after 400 days", { timeout: 60_000 }, async () => {
  const clock = createManualClock();
  const house = await openHouse({ works: false, clock });
  const { spending } = house.back.mind.brains;
  const days = (): readonly { day: string }[] => house.back.database.all("SELECT day FROM mind_spending ORDER BY day");
  const bill = (): Promise<void> =>
    house.back.database.write((unit) => spending.record(unit, "default", "brain", { tokens: 1, microUsd: 1 }));
  await bill();
  await clock.advanceAsync(2 * 86_400_000);
  await bill();
  await clock.advanceAsync(399 * 86_400_000);
  expect(days()).toHaveLength(2);
  await tendOnce(house, clock, { keepEventDays: 0 });
  expect(days()).toHaveLength(1);
  await house.close();
});

/** A task in a state, and a work of it with so many answers. */
function workOn(house: House, id: string, status: TaskStatus, { steps = 2, rootId = id } = {}): Promise<void> {
  const { database, store, mind } = house.back;
  const workspaceId = "default";
  return database.write((unit) => {
    const parent = rootId === id ? {} : { parentId: rootId };
    store.tasks.create(unit, { id, workspaceId, title: id, status, ...parent }, { origin: "system" });
    const place = { rootId, depth: 0, origin: "person", cid: undefined, turnId: undefined } as const;
    mind.works.plan(unit, { workspaceId, taskId: id, ...place, brain: "brain", status: "done" });
    const work = mind.works.get(workspaceId, id, unit) as Work;
    const answer = { text: "x", stopReason: "end", brain: "brain", tokens: 1, microUsd: 0 } as const;
    for (let n = 0; n < steps; n += 1) mind.works.addAnswer(unit, work, answer, []);
  });
}

/** Tends the database of a house once, behind somebody who works at first; returns the line that tells of it. */
async function tendOnce(house: House, clock: ManualClock, options: TendOptions): Promise<object> {
  const { database, store, mind } = house.back;
  const log = createMemoryLog();
  const { works, brains } = mind;
  const stop = tendDatabase({ clock, log, database, store, works, spending: brains.spending }, options);
  await clock.advanceAsync(tendTimes.firstAfterMs);
  // Somebody works: it waits for a minute in which nobody does.
  await remember(house, `busy ${clock.nowMs()}`);
  await clock.advanceAsync(tendTimes.quietMs);
  expect(log.entries).toHaveLength(0);
  await clock.advanceAsync(tendTimes.quietMs);
  while (log.entries.length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceAsync(tendTimes.pauseMs);
  }
  await stop();
  return log.entries.at(-1) ?? {};
}

test(
  "[O32] at a quiet minute old events go, the newest stay, and what was said is kept",
  { timeout: 60_000 },
  async () => {
    const clock = createManualClock();
    const house = await openHouse({ works: false, clock });
    const { database, store } = house.back;
    const append = (count: number): Promise<unknown> =>
      database.write((unit) => {
        const event = { eventType: "x", entityType: "x", entityId: "x", payload: {} };
        for (let n = 0; n < count; n += 1) store.events.append(unit, "default", event, { origin: "system" });
      });
    await append(500);
    await clock.advanceAsync(2 * 86_400_000);
    await append(100);
    const tended = (keepEvents: number, keepEventDays = 1): Promise<object> =>
      tendOnce(house, clock, { keepEvents, keepEventDays });
    const told = (eventsLetGo: number): object => ({
      level: "info",
      message: "the database was tended",
      fields: { eventsLetGo },
    });
    expect(await tended(100_000)).toMatchObject(told(0));
    expect(await tended(250, 0)).toMatchObject(told(0));
    // 602 events now: of the newest 250 none goes, however old.
    expect(await tended(250)).toMatchObject(told(353));
    expect(store.events.position("default")).toMatchObject({ low: 354, head: 603 });
    // Of the others those go that are old.
    expect(await tended(10)).toMatchObject(told(147));
    expect(store.events.position("default")).toMatchObject({ low: 501, head: 604 });
    expect((await verifyStore(database)).findings).toEqual([]);
    await endHouse(house);
  },
);

test(
  "[O32] what was said and done in a work goes by its age, once its task and its root are over; nothing else does",
  { timeout: 60_000 },
  async () => {
    const clock = createManualClock();
    const house = await openHouse({ works: false, clock });
    const { database, store } = house.back;
    const cause = { origin: "system" } as const;
    const workspaceId = "default";
    await workOn(house, "done", "completed", { steps: 450 });
    await workOn(house, "cancelled", "cancelled");
    await workOn(house, "stopped", "ready");
    await workOn(house, "running", "running");
    await workOn(house, "split", "split");
    await workOn(house, "part", "completed", { rootId: "split" });
    await clock.advanceAsync(2 * 86_400_000);
    await workOn(house, "new", "completed");
    const left = (): readonly string[] =>
      database
        .all<{ id: string; steps: number }>(
          `SELECT w.task_id AS id, count(s.seq) AS steps FROM mind_works AS w
           LEFT JOIN mind_steps AS s ON s.workspace_id = w.workspace_id AND s.task_id = w.task_id
           GROUP BY w.task_id ORDER BY w.task_id`,
        )
        .map(({ id, steps }) => `${id} ${steps}`);
    const kept = ["new 2", "part 2", "running 2", "split 2", "stopped 2"];
    const before = left();
    expect(before).toHaveLength(7);
    const told = (workRowsLetGo: number): object => ({ fields: { workRowsLetGo } });
    expect(await tendOnce(house, clock, { keepEventDays: 0 })).toMatchObject(told(0));
    expect(left()).toEqual(before);
    expect(await tendOnce(house, clock, { keepEventDays: 1 })).toMatchObject(told(454));
    expect(left()).toEqual(kept);
    expect(await tendOnce(house, clock, { keepEventDays: 1 })).toMatchObject(told(0));
    // With the end of the whole its parts go too.
    await database.write((unit) => store.tasks.transition(unit, workspaceId, "split", "completed", {}, cause));
    expect(await tendOnce(house, clock, { keepEventDays: 1 })).toMatchObject(told(6));
    expect(left()).toEqual(["new 2", "running 2", "stopped 2"]);
    expect(store.tasks.get(workspaceId, "done")?.status).toBe("completed");
    await endHouse(house);
  },
);

test("[O32] rows of works go in small units, each work behind its last step", async () => {
  const house = await openHouse({ works: false });
  const { database, mind } = house.back;
  const workspaceId = "default";
  const steps = (): number => database.get<{ n: number }>("SELECT count(*) AS n FROM mind_steps")?.n ?? 0;
  const works = (): number => database.get<{ n: number }>("SELECT count(*) AS n FROM mind_works")?.n ?? 0;
  for (const id of ["a", "b"]) await workOn(house, id, "failed", { steps: 3 });
  const beforeMs = house.back.clock.nowMs() + 1;
  const seen: (readonly [number, number, number])[] = [];
  for (let n = 0; n < 5; n += 1) {
    const gone = await database.write((unit) => mind.works.letGo(unit, workspaceId, { beforeMs, maxRows: 3 }));
    seen.push([gone, steps(), works()]);
  }
  expect(seen).toEqual([
    [3, 3, 2],
    [3, 1, 1],
    [2, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
  await endHouse(house);
});
