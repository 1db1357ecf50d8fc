import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createManualClock } from "@kingly/runtime/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { matchWorkflow } from "../src/planner/match-workflow.ts";
import { endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

let house: House;
let folder: string;
beforeEach(async () => {
  house = await openHouse({ clock: createManualClock(Date.UTC(2026, 0, 5, 8, 59)) });
  folder = join(house.home, "workflows");
});
afterEach(() => endHouse(house));

const flow = (id: string, triggers: string, inputs = ""): void =>
  writeFileSync(
    join(folder, `${id}.yaml`),
    `id: ${id}\nname: Flow ${id}\n${inputs}triggers: ${triggers}\nsteps:\n  - { id: make, kind: task, with: { tasks: [By itself] } }\n`,
  );
const replyTo = async (text: string, cid: string): Promise<string> => {
  await house.say(`ut#${cid}:${cid}|${text}||||1700000000000|back`);
  const told = await house.until("the reply", () => house.linesOf(cid).some((line) => line.startsWith("rp#")));
  expect(told).not.toEqual([]);
  return house.linesOf(cid).find((line) => line.startsWith("rp#")) ?? "";
};

test("[O37] a manual phrase starts its workflow, once, whatever its case and signs", async () => {
  flow("morning", "{ manual: [good_morning_round, Start my day] }");
  expect(await replyTo("start  my day!", "U1")).toContain("I start the workflow Flow morning.");
  await house.until("the run", (told) => told.some(({ line }) => line.startsWith("tc#U1p0:run_U1p0|success")));
  expect(await replyTo("Good morning round", "U2")).toContain("I start the workflow");
  expect(await replyTo("Should I start my day now", "U3")).not.toContain("I start");
});

test("[O37] a phrase of two workflows, or without the inputs that it needs, asks back", async () => {
  flow("one", "{ manual: [do it] }");
  flow("two", "{ manual: [Do it] }");
  flow("needy", "{ manual: [plan it] }", "inputs: { name: { type: string, required: true } }\n");
  expect(await replyTo("do it", "U1")).toContain("more than one workflow: Flow one, Flow two");
  expect(await replyTo("plan it", "U2")).toContain("Flow needy needs name first");
  expect(house.told().filter(({ line }) => line.startsWith("wr#"))).toEqual([]);
});

test("[O37] a semantic condition offers its workflow, and never starts it", () => {
  const known = [
    {
      id: "d",
      name: "Drafts",
      phrases: [],
      missing: [],
      conditions: [{ condition: "drafts hold open decisions", confidence: 0.7 }],
    },
  ];
  expect(matchWorkflow("My draft has decisions that are open", known)).toEqual({
    commands: [],
    say: "That may be something for Drafts. Say: run Drafts",
  });
  expect(matchWorkflow("The draft is done", known)).toBeUndefined();
});

test("[O37] a schedule starts its workflow at each of its times, once, also after a restart", async () => {
  flow(
    "nine",
    "{ schedule: [{ cron: 0 9 * * *, inputs: { name: Ada } }] }",
    "inputs: { name: { type: string, required: true } }\n",
  );
  const starts = (): number => house.told().filter(({ line }) => line.startsWith("wr#")).length;
  house.back.workflows();
  await expect.poll(() => house.back.queue.schedules().map(({ name }) => name)).toEqual(["workflow/nine/0"]);
  await house.close();
  const clock = createManualClock(Date.UTC(2026, 0, 5, 8, 59));
  house = await openHouse({ home: house.home, clock });
  expect(starts()).toBe(0);
  clock.advance(2 * 60_000);
  await expect.poll(starts, { timeout: 60_000 }).toBe(1);
  await house.close();
  // Two days later: what was missed is made up for once.
  house = await openHouse({ home: house.home, clock: createManualClock(Date.UTC(2026, 0, 7, 12, 0)) });
  await expect.poll(starts, { timeout: 60_000 }).toBe(2);
  rmSync(join(folder, "nine.yaml"));
  house.back.workflows();
  await expect.poll(() => house.back.queue.schedules()).toEqual([]);
});

test("[O37] a schedule starts its workflow in each workspace that it names, and in no other", async () => {
  flow("nine", "{ schedule: [{ cron: 0 9 * * *, workspaces: [default, family] }] }");
  house.back.workflows();
  const names = (): readonly string[] => house.back.queue.schedules().map(({ name }) => name);
  await expect.poll(names).toEqual(["workflow/nine/0/default", "workflow/nine/0/family"]);
  await house.close();
  const clock = createManualClock(Date.UTC(2026, 0, 5, 8, 59));
  house = await openHouse({ home: house.home, clock });
  clock.advance(2 * 60_000);
  const starts = (workspaceId: string): number =>
    house.told(workspaceId).filter(({ line }) => line.startsWith("wr#")).length;
  await expect.poll(() => [starts("default"), starts("family")], { timeout: 60_000 }).toEqual([1, 1]);
  flow("nine", "{ schedule: [{ cron: 0 9 * * *, workspaces: ['not a name!'] }] }");
  house.back.workflows();
  await expect.poll(names).toEqual([]);
  expect(house.back.workflows().broken.map(({ file }) => basename(file))).toEqual(["nine.yaml"]);
});
