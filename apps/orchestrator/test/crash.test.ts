import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Run } from "@kingly/workflow";
import { byText, openHouse } from "./harness.ts";
import { callWorkflow, slowServer, writeWorkflow } from "./slow-house.ts";

const base = mkdtempSync(join(tmpdir(), "kingly-crash-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const line = "wf#W1:project_planning|{name:'Rocket Garden',scope:'iOS, web'}";

const fixture = join(import.meta.dirname, "fixtures/run-until.ts");

/** Runs the fixture on a home; resolves with the heads of its commits, and how it ended. */
async function run(
  home: string,
  killAt: readonly [string, number] | [] = [],
): Promise<{ heads: number[]; signal: string | null; code: number | null }> {
  const child = spawn(process.execPath, [fixture, home, line, ...killAt.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  let said = "";
  for await (const chunk of child.stdout) said += String(chunk);
  const [code, signal] = (await exit) as [number | null, string | null];
  return { heads: said.split("\n").filter(Boolean).map(Number), code, signal };
}

/** What a home holds in the end, without times and attempts. */
async function endOf(home: string): Promise<unknown> {
  const house = await openHouse({ home, works: false });
  const told = house.told().map((row) => row.line);
  const row = house.back.store.runs.get("default", "run_W1");
  const state = row?.state as unknown as Run;
  const tasks = (await house.back.store.tasks.list("default", { limit: 200 })).items;
  const counts = house.back.queue.counts();
  await house.close();
  const plans = join(home, "files/plans");
  return {
    status: row?.status,
    outputs: state.outputs,
    steps: Object.entries(state.steps).map(([id, step]) => [id, step.status]),
    tasks: tasks
      .map(({ id, title, status, confidence, version }) => [id, title, status, confidence, version])
      .toSorted(byText),
    files: readdirSync(plans).map((name) => [name, readFileSync(join(plans, name), "utf8")]),
    memory: readFileSync(join(home, "memory.jsonl"), "utf8").trimEnd().split("\n").toSorted(byText),
    completions: told.filter((each) => each.startsWith("tc#")),
    stepEnds: told.filter((each) => /^su#W1:run_W1\.\w+\|completed/.test(each)).toSorted(byText),
    errors: told.filter((each) => each.startsWith("er")),
    unfinished: counts.pending + counts.running + counts.dead,
  };
}

describe("kill -9 at every commit and every answer of project_planning", () => {
  test(
    "[O11][O13][O19] after any of them the run goes on and ends as an undisturbed one",
    { timeout: 180_000 },
    async () => {
      const calm = join(base, "calm");
      const { heads, code } = await run(calm);
      expect(code).toBe(0);
      const wanted = await endOf(calm);
      expect(wanted).toMatchObject({
        status: "completed",
        outputs: { plan: "plans/rocket-garden.md" },
        completions: [expect.stringMatching(/^tc#W1:run_W1\|success\|/)],
        errors: [],
        unfinished: 0,
      });
      expect(wanted).toHaveProperty("stepEnds.length", 7);
      expect(wanted).toHaveProperty("tasks.length", 6);
      expect(wanted).toHaveProperty("memory.length", 5);

      const waiting: (readonly [string, number])[] = [
        ...heads.slice(0, -1).map((head) => ["commit", head] as const),
        ...[1, 3, 5].map((answer) => ["answer", answer] as const),
      ];
      expect(waiting.length).toBeGreaterThan(8);
      const kill = async (at: readonly [string, number]): Promise<void> => {
        const place = at.join(" ");
        const home = join(base, place);
        const killed = await run(home, at);
        expect(killed.signal, `the run that was to die at ${place}`).toBe("SIGKILL");
        const again = await run(home);
        expect(again.code, `the run after the death at ${place}`).toBe(0);
        expect(await endOf(home), `the end after the death at ${place}`).toEqual(wanted);
      };
      const walk = async (): Promise<void> => {
        for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) await kill(at);
      };
      await Promise.all([walk(), walk(), walk()]);
    },
  );

  test(
    "[O11][O19] and a run that dies again and again, a few commits further each time, ends as well",
    { timeout: 120_000 },
    async () => {
      const home = join(base, "mortal");
      for (let at = 4; at < 40; at += 10) await run(home, ["commit", at]);
      await run(home);
      expect(await endOf(home)).toEqual(await endOf(join(base, "calm")));
    },
  );
});

test("[O12][O19] a call that may not be repeated and was lost half-way ends as unknown, and is never made again", async () => {
  const home = join(base, "lost");
  const slow = slowServer(home);
  writeWorkflow(home, "once.yaml", callWorkflow("once", false));
  const child = spawn(process.execPath, [fixture, home, "wf#W1:once"], { stdio: ["ignore", "ignore", "inherit"] });
  await expect.poll(() => slow.calls().includes('wait "once"'), { timeout: 10_000 }).toBe(true);
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  const house = await openHouse({ home, mcpServers: { slow: slow.entry } });
  await house.idle();
  expect(house.linesOf("W1").at(-1)).toMatch(/^er#W1:workflow_failed\|once failed at first: .*nobody knows/);
  expect(house.back.store.runs.get("default", "run_W1")).toMatchObject({
    status: "failed",
    state: { steps: { first: { error: { code: "unknown" } }, second: { status: "skipped" } } },
  });
  await house.close();
  expect(slow.calls()).toEqual(['wait "once"']);
});
