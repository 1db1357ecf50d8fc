import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { openDatabase } from "../src/index.ts";
import { count, insert, until, usePlace } from "./harness.ts";

const place = usePlace();
const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name);

test(
  "[DB23] eight processes with 1,000 writes each keep 8,000, and nobody is told that the file is busy",
  { timeout: 120_000 },
  async () => {
    const path = place.at("a.db");
    const runs = Array.from({ length: 8 }, async (_, number) => {
      const child = spawn(process.execPath, [fixture("many-writes.ts"), path, String(number), "1000"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      for await (const chunk of child.stdout) said += String(chunk);
      return JSON.parse(said) as { failed: string[]; longestMs: number; commits: number };
    });
    const results = await Promise.all(runs);
    expect(results.flatMap((result) => result.failed)).toEqual([]);
    // Nobody starves: every process wrote many commits, and none waited anywhere near its 20 s.
    expect(Math.max(...results.map((result) => result.longestMs))).toBeLessThan(10_000);
    const database = openDatabase({ path });
    expect([count(database), database.pragma("integrity_check")]).toEqual([8000, "ok"]);
    await database.close();
  },
);

test(
  "[DB27] eight processes that migrate one file at once all find it done, by one of them, after one backup",
  { timeout: 60_000 },
  async () => {
    const children = Array.from({ length: 8 }, () => {
      const child = spawn(process.execPath, [fixture("migrate-and-leave.ts")], { stdio: ["pipe", "pipe", "inherit"] });
      return { child, said: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    });
    const migrateAll = (path: string): Promise<readonly unknown[]> =>
      Promise.all(
        children.map(async ({ child, said }) => {
          child.stdin.write(`${path}\n`);
          return JSON.parse(String((await said.next()).value)) as unknown;
        }),
      );
    await migrateAll(":memory:");
    for (let round = 0; round < 5; round += 1) {
      const old = await place.openNotes(`${round}.db`);
      await old.write((unit) => void unit.run(insert, round, "kept"));
      const ran = await migrateAll(place.at(`${round}.db`));
      expect(ran.flat()).toEqual(["002_more"]);
      expect(readdirSync(place.folder).filter((name) => name.startsWith(`${round}.db.before-`))).toHaveLength(1);
      expect(count(old)).toBe(1);
    }
    for (const { child } of children) child.stdin.end();
  },
);

test("[DB22] the commits of others change dataVersion and are told; our own are not", async () => {
  const ours = await place.openNotes("a.db");
  const theirs = place.open("a.db");
  let heard = 0;
  const end = ours.watchCommits(() => void (heard += 1));
  const before = ours.dataVersion();
  for (let id = 0; id < 20; id += 1) await ours.write((unit) => void unit.run(insert, id, "ours"));
  expect([ours.dataVersion(), heard]).toEqual([before, 0]);

  await theirs.write((unit) => void unit.run(insert, 100, "theirs"));
  expect(ours.dataVersion()).not.toBe(before);
  await until(() => heard === 1);
  end();
  await theirs.write((unit) => void unit.run(insert, 101, "theirs"));
  await ours.heavy("SELECT 1");
  expect(heard).toBe(1);
  const memory = place.open(":memory:");
  memory.watchCommits(() => {})();
});

test("[DB23] who waits for another process's lock does not hold up its own event loop", async () => {
  const ours = await place.openNotes("a.db");
  const theirs = place.open("a.db");
  const release = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const holding = theirs.exclusive((db) =>
    db.transaction().execute(async () => {
      begun.resolve();
      await release.promise;
    }),
  );
  await begun.promise;
  let settled = false;
  const writes = [1, 2, 3].map((id) => ours.write((unit) => unit.run(insert, id, "x").changes));
  void Promise.all(writes).then(() => (settled = true));
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect([settled, count(ours)]).toEqual([false, 0]);
  release.resolve();
  await holding;
  expect(await Promise.all(writes)).toEqual([1, 1, 1]);
  // They had waited together, so they shared a commit.
  expect(ours.stats()).toMatchObject({ commits: 1, units: 3 });
});

/** How often a process is killed; 1,000 by `KILLS=1000 vitest run --project unit packages/sqlite/test/processes`.
 * The store kills its writers 200 times in CI, through all of this. */
const kills = Number(process.env["KILLS"] ?? 40);
const lanes = 4;

test(
  `[DB24] ${kills} kill -9 at random points lose no acknowledged write`,
  { timeout: 30_000 + kills * 1000 },
  async () => {
    let killed = 0;
    let acknowledgedByAll = 0;
    const live = async (path: string, acknowledged: Set<number>): Promise<void> => {
      const child = spawn(process.execPath, [fixture("short-life.ts"), path], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, NODE_COMPILE_CACHE: place.at("compiled") },
      });
      const ended = once(child, "close");
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => {
        // From the first word on, any moment: in a commit, between two, or in a checkpoint.
        if (said === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * 40);
        said += String(chunk);
      });
      await ended;
      // The last line may be cut.
      for (const line of said.split("\n").slice(0, -1)) acknowledged.add(Number(line));
    };
    const runLane = async (lane: number): Promise<readonly [number, number, unknown]> => {
      const path = place.at(`lane${lane}.db`);
      const acknowledged = new Set<number>();
      while (killed < kills) {
        killed += 1;
        await live(path, acknowledged);
      }
      acknowledgedByAll += acknowledged.size;
      const database = openDatabase({ path, acceptForeign: true });
      const kept = new Set(database.all<{ id: number }>("SELECT id FROM notes").map((row) => row.id));
      const lost = [...acknowledged].filter((id) => !kept.has(id)).length;
      const verdict = database.pragma("integrity_check");
      await database.close();
      return [lane, lost, verdict];
    };
    const ends = await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
    expect(ends).toEqual(Array.from({ length: lanes }, (_, lane) => [lane, 0, "ok"]));
    expect(acknowledgedByAll).toBeGreaterThan(5 * kills);
  },
);
