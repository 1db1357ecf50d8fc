import { describe, expect, test } from "vitest";
import { createCommitMeter } from "../src/commit-meter.ts";
import { siblingModule } from "../src/index.ts";
import type { Database } from "../src/index.ts";
import { createHandClock, codeOf, insert, until, usePlace } from "./harness.ts";

const place = usePlace();
const jobs = siblingModule(import.meta.url, "./fixtures/read-jobs");
/** Each of these commits puts at least one page into the WAL. */
async function commit(database: Database, from: number, to: number): Promise<void> {
  for (let id = from; id < to; id += 1) await database.write((unit) => void unit.run(insert, id, "x".repeat(3000)));
}

describe("the WAL", () => {
  test("[DB20] is folded into the file by a thread, and cut to nothing when the file rests", async () => {
    const clock = createHandClock();
    const database = await place.openNotes("a.db", { clock, checkpoints: { pages: 50, idleMs: 5000 } });
    await commit(database, 0, 200);
    const { walPages } = database.stats();
    expect([walPages > 200, walPages < 4000, database.pragma("wal_autocheckpoint")]).toEqual([true, true, 4000]);
    // Below SQLite's own limit on the commit path: what is folded, the thread folded.
    await until(() => database.stats().walPagesToFold < 50);
    expect(database.readPool.stats().threads).toBe(1);

    clock.advance(4999);
    await commit(database, 200, 208);
    clock.advance(4999);
    await database.heavy("SELECT 1");
    expect(database.stats().walBytes).toBeGreaterThan(0);
    clock.advance(1);
    await until(() => database.stats().walBytes === 0);
  });

  test("[DB20] a read that keeps it from being emptied is told once, until it has ended", async () => {
    const warnings: string[] = [];
    const log = { info: () => {}, warn: (message: string) => void warnings.push(message) };
    const database = await place.openNotes("a.db", { log, checkpoints: { pages: 20, heldBackPages: 100 } });
    await commit(database, 0, 8);
    const giveUp = new AbortController();
    const held = codeOf(() => database.readPool.run(jobs, "holding", {}, { signal: giveUp.signal }));
    await until(() => database.readPool.stats().running === 1);
    await database.readPool.all("SELECT 1", []);
    await commit(database, 8, 400);
    expect([database.stats().walIsHeldBack, warnings.length]).toEqual([true, 1]);
    expect(warnings[0]).toContain("a long read keeps the WAL from being emptied");
    giveUp.abort();
    expect(await held).toBe("ABORTED");
    let id = 400;
    while (database.stats().walIsHeldBack) await commit(database, id, (id += 8));
    expect(warnings).toHaveLength(1);
  });

  test("[DB20] SQLite's own checkpoint bounds it when no thread has a place", async () => {
    const database = await place.openNotes("a.db", { readPool: { size: 1, maxWaiting: 0 } });
    for (let round = 0; round < 12; round += 1) {
      await database.write((unit) => {
        for (let n = 0; n < 1000; n += 1) unit.run(insert, round * 1000 + n, "x".repeat(3000));
      });
    }
    // 12,000 pages were written.
    expect(database.stats().walPages).toBeLessThan(5500);
  });
});

describe("what it tells", () => {
  test("[DB21] stats count commits, units and pages, and the state", async () => {
    const database = await place.openNotes("a.db");
    await Promise.all([1, 2, 3].map((id) => database.write((unit) => void unit.run(insert, id, "x"))));
    await database.write((unit) => void unit.run(insert, 4, "x"));
    const waiting = database.write(() => {});
    const stats = database.stats();
    expect(stats).toMatchObject({ commits: 2, units: 4, meanUnitsPerCommit: 2, state: "ok", waitingUnits: 1 });
    expect(stats).toMatchObject({ pageBytes: 4096, walIsHeldBack: false, readPool: { threads: 0 } });
    expect([stats.pages > 1, stats.walBytes > 0, stats.commitP50Ms > 0]).toEqual([true, true, true]);
    await waiting;
  });

  test("[DB21] commit times are told within 19 %, from microseconds to hours", () => {
    const meter = createCommitMeter();
    expect(meter.stats()).toMatchObject({ commits: 0, commitP50Ms: 0, commitP99Ms: 0, meanUnitsPerCommit: 0 });
    for (let n = 0; n < 98; n += 1) meter.add(1, 0.25);
    meter.add(3, 40);
    meter.add(1, 40);
    const { commitP50Ms, commitP99Ms, commits, units } = meter.stats();
    expect([commits, units]).toEqual([100, 102]);
    expect(Math.abs(commitP50Ms / 0.25 - 1)).toBeLessThan(0.19);
    expect(Math.abs(commitP99Ms / 40 - 1)).toBeLessThan(0.19);
    meter.add(1, 0);
    meter.add(1, 1e12);
  });
});

describe("who waits for whom", () => {
  /** Time passes half a ms with each look at it. */
  const createSteppingClock = (): ReturnType<typeof createHandClock> => {
    const clock = createHandClock();
    return {
      ...clock,
      setTimer(_afterMs, fire) {
        const handle = setImmediate(fire);
        return { cancel: () => clearImmediate(handle) };
      },
      monotonicMs() {
        clock.advance(0.5);
        return clock.monotonicMs();
      },
    };
  };

  test("[DB26] a lone caller is not made to wait for turns of the event loop, and cannot keep it from turning", async () => {
    const database = await place.openNotes(":memory:", { clock: createSteppingClock() });
    let turns = 0;
    let writing = true;
    const turn = (): void => {
      turns += 1;
      if (writing) setImmediate(turn);
    };
    setImmediate(turn);
    for (let id = 0; id < 300; id += 1) await database.write((unit) => void unit.run(insert, id, "x"));
    writing = false;
    expect([turns > 30, turns < 200]).toEqual([true, true]);
    expect(database.stats().commits).toBe(300);
  });

  test("[DB26] callers that come one by one in a turn share a commit, though the first does not wait", async () => {
    const database = await place.openNotes("a.db");
    const writes = Array.from(
      { length: 50 },
      (_, id) =>
        new Promise<void>((resolve, reject) => {
          setImmediate(() => void database.write((unit) => void unit.run(insert, id, "x")).then(resolve, reject));
        }),
    );
    await Promise.all(writes);
    expect(database.stats()).toMatchObject({ commits: 2, units: 50 });
  });
});
