import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import { verifyStore } from "@kingly/store";
import { expect, test } from "vitest";
import { tendDatabase, tendTimes } from "../src/tend-database.ts";
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
    const log = createMemoryLog();
    const tended = async (keepEvents: number, keepEventDays = 1): Promise<unknown> => {
      const before = log.entries.length;
      const stop = tendDatabase({ clock, log, database, store }, { keepEventDays, keepEvents });
      await clock.advanceAsync(tendTimes.firstAfterMs);
      // Somebody works: it waits for a minute in which nobody does.
      await remember(house, `busy ${log.entries.length}`);
      await clock.advanceAsync(tendTimes.quietMs);
      expect(log.entries).toHaveLength(before);
      await clock.advanceAsync(tendTimes.quietMs);
      while (log.entries.length === before) {
        await new Promise((resolve) => setImmediate(resolve));
        await clock.advanceAsync(tendTimes.pauseMs);
      }
      await stop();
      return log.entries.at(-1);
    };
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
