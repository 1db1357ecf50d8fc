import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createSeededRandom } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createHarness } from "./harness.ts";
import type { Harness } from "./harness.ts";

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.end());

/** Runs the fixture; kills it with SIGKILL after so many starts. Returns what it said and whether it ended by itself. */
async function runUntil(
  path: string,
  starts: number,
): Promise<{ readonly lines: string[]; readonly code: number | null }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures/kettle.ts"), path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exit = once(child, "exit");
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.split("\n").length > starts) child.kill("SIGKILL");
  }
  const [code] = (await exit) as [number | null];
  return { lines: said.split("\n").slice(0, -1), code };
}

test(
  "[Q11][Q19] after kill -9 at many points each job's row exists exactly once and orphans restart at once",
  { timeout: 120_000 },
  async () => {
    const random = createSeededRandom(20_231_114);
    const started = new Map<number, number>();
    let kills = 0;
    let orphansSeen = 0;
    for (let ended = false; !ended;) {
      const reader = openDatabase({ path: harness.path });
      const orphans = reader
        .all<{ id: number }>("SELECT id FROM job_queue WHERE status = 'running'")
        .map((row) => row.id);
      await reader.close();
      const { lines, code } = await runUntil(harness.path, 5 + Math.floor(random.fraction() * 60));
      for (const line of lines) {
        const id = Number(line.split(" ")[0]);
        started.set(id, (started.get(id) ?? 0) + 1);
      }
      orphansSeen += orphans.length;
      ended = code === 0;
      if (!ended) kills += 1;
    }
    const database = openDatabase({ path: harness.path });
    const jobs = database.all<{ id: number; status: string; attempt: number; lost: number; done: number }>(
      `SELECT id, status, attempt, (SELECT count(*) FROM job_attempts WHERE job_id = id AND outcome = 'lost') AS lost,
       (SELECT count(*) FROM done WHERE job = id) AS done FROM job_queue`,
    );
    expect(kills).toBeGreaterThan(3);
    expect(orphansSeen).toBeGreaterThan(0);
    expect(jobs).toHaveLength(400);
    expect(jobs.filter((job) => job.done !== 1 || job.status !== "completed")).toEqual([]);
    // Each start is an attempt on record; a claim may die before its handler could say a word.
    expect(jobs.filter((job) => job.attempt !== job.lost + 1)).toEqual([]);
    expect(jobs.filter((job) => (started.get(job.id) ?? 0) > job.attempt)).toEqual([]);
    expect(jobs.reduce((sum, job) => sum + job.lost, 0)).toBe(orphansSeen);
    await database.close();
  },
);
