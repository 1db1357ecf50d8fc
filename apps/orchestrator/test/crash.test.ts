import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Run } from "@kingly/workflow";
import { everyKind } from "./every-kind-flow.ts";
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
  said = line,
): Promise<{ heads: number[]; signal: string | null; code: number | null }> {
  const child = spawn(process.execPath, [fixture, home, said, ...killAt.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  let printed = "";
  for await (const chunk of child.stdout) printed += String(chunk);
  const [code, signal] = (await exit) as [number | null, string | null];
  return { heads: printed.split("\n").filter(Boolean).map(Number), code, signal };
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

// A sample; `KILLS=every` kills at each commit. Without processes every-commit.test.ts does so always.
const isEvery = process.env["KILLS"] === "every";

describe("kill -9 at every commit and every answer of project_planning", () => {
  test(
    "[O11][O13][O19] after any of them the run goes on and ends as an undisturbed one",
    { timeout: 900_000 },
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

      const places = heads.slice(0, -1);
      expect(places.length).toBeGreaterThan(5);
      const waiting: (readonly [string, number])[] = [
        ...places.filter((_, index) => isEvery || index % 4 === 1).map((head) => ["commit", head] as const),
        ...(isEvery ? [1, 3, 5] : [3]).map((answer) => ["answer", answer] as const),
      ];
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
      await Promise.all([walk(), walk()]);
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

describe("kill -9 at commits of a workflow of every kind of step", () => {
  const undone = "wf#W1:every_kind|{names:['Ada','Bob','Cid'],fails:true}";
  const home = (place: string): string => {
    const path = join(base, `every ${place}`);
    for (const [name, text] of Object.entries(everyKind)) writeWorkflow(path, name, text);
    return path;
  };
  const end = async (path: string): Promise<unknown> => {
    const house = await openHouse({ home: path, works: false });
    const told = house.told().map((row) => row.line);
    const { status, state } = house.back.store.runs.get("default", "run_W1") ?? {};
    const tasks = (await house.back.store.tasks.list("default", { limit: 200 })).items;
    const { pending, running, dead } = house.back.queue.counts();
    await house.close();
    return {
      status,
      state,
      tasks: tasks.map(({ id, title, status: now, version }) => [id, title, now, version]).toSorted(byText),
      told: told.map((each) => each.replaceAll(/\d{13}/g, "time")).toSorted(byText),
      world: [...new Set(slowServer(path).calls())].toSorted(byText),
      unfinished: pending + running + dead,
    };
  };

  test(
    "[O11][O19][O24] after any of them it ends in the same state, all of it undone",
    { timeout: 900_000 },
    async () => {
      const calm = home("calm");
      const { heads, code } = await run(calm, [], undone);
      expect(code).toBe(0);
      const wanted = await end(calm);
      expect(wanted).toMatchObject({ status: "compensated", unfinished: 0 });
      const places = heads.slice(0, -1);
      expect(places.length).toBeGreaterThan(8);
      for (const [index, head] of places.entries()) {
        if (!isEvery && index % 5 !== 2) continue;
        const path = home(String(head));
        expect((await run(path, ["commit", head], undone)).signal, `the run that was to die at ${head}`).toBe(
          "SIGKILL",
        );
        expect((await run(path, [], undone)).code, `the run after the death at ${head}`).toBe(0);
        expect(await end(path), `the end after the death at ${head}`).toEqual(wanted);
      }
    },
  );
});

test(
  "[O12][O19] a call that may not be repeated and was lost half-way ends as unknown, and is never made again",
  { timeout: 120_000 },
  async () => {
    const home = join(base, "lost");
    const slow = slowServer(home);
    writeWorkflow(home, "once.yaml", callWorkflow("once", false));
    const child = spawn(process.execPath, [fixture, home, "wf#W1:once"], { stdio: ["ignore", "ignore", "inherit"] });
    await expect.poll(() => slow.calls().includes('wait "once"'), { timeout: 60_000 }).toBe(true);
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
  },
);
