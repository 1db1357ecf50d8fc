import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { embeddedEngine } from "./embedded-engine.ts";
import { faults } from "./engine.ts";
import type { Engine, Fault, World } from "./engine.ts";
import { outside, scripts } from "./registry.ts";
import { createStage } from "./stage.ts";
import type { Script, Stage } from "./stage.ts";

const seed = Number(process.env["CONFORMANCE_SEED"] ?? 20_261_122);
const engines: readonly Engine[] = [embeddedEngine];

/** What must be true whenever everything has settled, whatever the rule. */
function checkAlways(stage: Stage, script: Script): void {
  const { world } = stage;
  const jobs = world.jobs();
  if (!stage.strangers) expect(new Set(jobs.map((job) => job.id))).toEqual(stage.added);
  // Each completed job has its effect once; no other job has one.
  const completed = jobs.filter((job) => job.status === "completed").map((job) => job.id);
  expect(world.effects()).toEqual(completed);
  const counts: Record<string, number> = { pending: 0, running: 0, completed: 0, dead: 0, cancelled: 0 };
  for (const job of jobs) counts[job.status] = (counts[job.status] ?? 0) + 1;
  expect(world.counts()).toEqual(counts);
  const running = jobs.filter((job) => job.status === "running");
  for (const key of new Set(running.flatMap((job) => job.concurrencyKey ?? []))) {
    expect(running.filter((job) => job.concurrencyKey === key)).toHaveLength(1);
  }
  for (const process of world.all()) {
    for (const type of ["a", "b"]) {
      const open = process.runs().filter((run) => run.isOpen() && jobs.find((job) => job.id === run.id)?.type === type);
      expect(open.length).toBeLessThanOrEqual(script.options?.slots ?? 2);
    }
  }
}

async function bringToEnd(stage: Stage, script: Script): Promise<void> {
  const { world } = stage;
  const isAlive = (): boolean => world.jobs().some((job) => job.status === "pending" || job.status === "running");
  for (let round = 0; round < 40 && (isAlive() || stage.open().length > 0); round += 1) {
    for (const run of stage.open()) run.complete();
    await world.settle();
    checkAlways(stage, script);
    // What was added by a clock an hour ahead is due an hour late.
    await world.pass(stage.fault === "clock jump" && round === 5 ? 3_700_000 : 31_000);
  }
  expect(world.jobs().filter((job) => job.status === "pending" || job.status === "running")).toEqual([]);
}

async function play(engine: Engine, script: Script, fault: Fault): Promise<void> {
  const world: World = await engine.open(script.options ?? {}, seed);
  const stage = createStage(world, fault);
  const verify = await script.play(stage);
  await world.heal();
  await bringToEnd(stage, script);
  checkAlways(stage, script);
  verify?.();
  await world.end();
}

describe.each(engines)("the conformance suite on the $name engine", (engine) => {
  for (const script of scripts) {
    test.each(faults)(`[${script.rule}] ${script.title}: %s`, (fault) => play(engine, script, fault));
  }
});

describe("the registry", () => {
  const spec = readFileSync(join(import.meta.dirname, "../../SPEC.md"), "utf8");
  const rules = [...spec.matchAll(/^- \*\*(Q\d+)\*\* /gm)].map((match) => match[1] ?? "");

  test("every rule of the specification has a scenario for each fault, or the reason why not", () => {
    const owned = new Set<string>(scripts.map((script) => script.rule));
    expect(rules.filter((rule) => !owned.has(rule) && outside[rule] === undefined)).toEqual([]);
    expect(rules.filter((rule) => owned.has(rule) && outside[rule] !== undefined)).toEqual([]);
  });

  test("every scenario and every reason is of a rule of the specification, and no rule has two", () => {
    const named = [...scripts.map((script) => script.rule), ...Object.keys(outside)];
    expect(named.filter((rule) => !rules.includes(rule))).toEqual([]);
    expect(named.filter((rule, index) => named.indexOf(rule) !== index)).toEqual([]);
  });

  test("there are at least 150 scenarios", () => {
    expect(scripts.length * faults.length).toBeGreaterThanOrEqual(150);
  });
});
