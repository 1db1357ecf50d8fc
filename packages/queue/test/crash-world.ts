import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createSeededRandom } from "@kingly/runtime/testing";
import { migrate, openDatabase } from "@kingly/sqlite";
import { migrateQueue, openQueue } from "../src/index.ts";

/** What came of it. */
export interface CrashReport {
  readonly kills: number;
  readonly jobs: number;
  /** Jobs without their one effect: neither lost nor doubled ones are allowed. */
  readonly wrong: readonly unknown[];
  /** Jobs with more executions than attempts on record. */
  readonly unrecorded: readonly unknown[];
  readonly lostAttempts: number;
  /** Whatever a process logged that is not the normal news of a crash. */
  readonly faults: readonly string[];
  /** From the opening of an owner to the next start of a job that its killed process had begun, in ms. */
  readonly restartMs: readonly number[];
  /** From a kill to the next start of an orphan by whomever. */
  readonly takeoverMs: readonly number[];
  readonly starts: number;
}

const normal = ["left jobs behind", "leases ran out"];

/** Runs `owners` processes on one file and kills them at random points, so many times in all; then lets them end. */
export async function crashAndCount(options: {
  readonly kills: number;
  readonly owners: number;
  readonly seed: number;
}): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-crash-"));
  const path = join(folder, "jobs.db");
  const database = openDatabase({ path });
  await migrateQueue(database);
  await migrate(database, "shop", {
    "001_done": { up: (db) => db.schema.createTable("done").addColumn("job", "integer").execute() },
  });
  const deps = { database, clock: createSystemClock(), random: createSystemRandom() };
  const queue = await openQueue<{ tea: number }>(deps, { owner: "parent", maxAttempts: 1000 });
  const random = createSeededRandom(options.seed);
  let jobs = 0;
  const addSome = (count: number): Promise<unknown> =>
    database.write((unit) => {
      queue.addMany(
        unit,
        Array.from({ length: count }, (_, index) => ({ type: "tea", payload: jobs + index, priority: index % 3 })),
      );
      jobs += count;
    });

  let kills = 0;
  let ending = false;
  const starts = new Map<number, number>();
  const faults: string[] = [];
  const restartMs: number[] = [];
  const takeoverMs: number[] = [];
  const orphans = new Map<number, { readonly killedAt: number; readonly owner: string }>();
  const enders = new Set<() => void>();

  const live = async (owner: string): Promise<void> => {
    while (!ending) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures/crowd.ts"), path, owner], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "kingly-compile-cache") },
      });
      const exit = once(child, "exit");
      const end = (): void => void child.stdin.write("end\n");
      enders.add(end);
      const lives = Math.floor(random.fraction() * 60);
      const begun = new Set<number>();
      let openedAt = 0;
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line === "open") openedAt = Date.now();
        else if (line.startsWith("!")) {
          if (!normal.some((news) => line.includes(news))) faults.push(`${owner}: ${line}`);
        } else {
          const [id = 0, , at = 0] = line.split(" ").map(Number);
          starts.set(id, (starts.get(id) ?? 0) + 1);
          const orphan = orphans.get(id);
          orphans.delete(id);
          if (orphan !== undefined) {
            takeoverMs.push(at - orphan.killedAt);
            if (orphan.owner === owner && openedAt > 0) restartMs.push(at - openedAt);
          }
          begun.add(id);
          // So many starts after it opened, or a little later: in a handler, before or within a commit.
          if (begun.size === lives + 1 && kills < options.kills) setTimeout(kill, Math.floor(random.fraction() * 4));
        }
      });
      const kill = (): void => {
        if (kills >= options.kills || child.exitCode !== null) return;
        kills += 1;
        child.kill("SIGKILL");
      };
      await exit;
      enders.delete(end);
      const killedAt = Date.now();
      const rows = database.all<{ id: number }>(
        "SELECT id FROM job_queue WHERE status = 'running' AND owner = ?",
        owner,
      );
      for (const { id } of rows) orphans.set(id, { killedAt, owner });
    }
  };

  const feed = async (): Promise<void> => {
    while (kills < options.kills) {
      if (queue.counts().pending < 400) await addSome(400);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (;;) {
      const { pending, running } = queue.counts();
      if (pending + running === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    ending = true;
    for (const end of enders) end();
  };
  await addSome(400);
  await Promise.all([feed(), ...Array.from({ length: options.owners }, (_, index) => live(`owner ${index}`))]);

  interface Row {
    readonly id: number;
    readonly payload: string;
    readonly status: string;
    readonly attempt: number;
    readonly lost: number;
    readonly done: number;
  }
  await database.write((unit) => unit.run("CREATE INDEX done_job ON done (job)"));
  const rows = database.all<Row>(
    `SELECT id, payload, status, attempt,
       (SELECT count(*) FROM job_attempts WHERE job_id = id AND outcome = 'lost') AS lost,
       (SELECT count(*) FROM done WHERE job = id) AS done FROM job_queue`,
  );
  const wrong = rows.filter(
    (row) =>
      row.status !== "completed" ||
      row.done !== (Number(row.payload) % 2 === 0 ? 1 : 0) ||
      row.attempt !== row.lost + 1,
  );
  const unrecorded = rows.filter((row) => (starts.get(row.id) ?? 0) > row.attempt);
  if (rows.length !== jobs) faults.push(`${rows.length} of ${jobs} jobs are there`);
  await queue.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    kills,
    jobs,
    wrong,
    unrecorded,
    lostAttempts: rows.reduce((sum, row) => sum + row.lost, 0),
    faults,
    restartMs,
    takeoverMs,
    starts: [...starts.values()].reduce((sum, count) => sum + count, 0),
  };
}
