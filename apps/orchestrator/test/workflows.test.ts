import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { byText, endHouse, makeHome, openHouse, shippedServers } from "./harness.ts";
import type { House } from "./harness.ts";

const one = (id: string, title: string): string =>
  `id: ${id}\nname: ${id}\nsteps:\n  - { id: make, kind: task, with: { tasks: [${title}] } }\n`;

describe("definitions", () => {
  let house: House;
  let folder: string;
  beforeEach(async () => {
    house = await openHouse();
    folder = join(house.home, "workflows");
  });
  afterEach(() => endHouse(house));
  const ids = async (): Promise<readonly string[]> =>
    ((await house.ask("definitions")) as readonly { readonly id: string }[]).map(({ id }) => id);

  test("[O9][O17] a broken file is told with its line, stops no other, and readiness stays", async () => {
    writeFileSync(join(folder, "good.yaml"), one("good", "A"));
    writeFileSync(join(folder, "broken.yaml"), "id: broken\nname: Broken\nsteps:\n  - id: [\n");
    mkdirSync(join(folder, "folder.yaml"));
    symlinkSync("nowhere", join(folder, "link.json"));
    writeFileSync(join(folder, "huge.yaml"), " ".repeat(1_000_001));
    execFileSync("mkfifo", [join(folder, "pipe.yaml")]);
    expect(await ids()).toEqual(["project_planning", "weekly_review", "good"]);
    const checks = (await house.ask("readiness")) as readonly { name: string; ok: boolean; why?: string }[];
    const broken = checks.filter((check) => check.name === "workflow file").map((check) => check.why);
    expect(broken).toEqual([
      expect.stringMatching(/^broken\.yaml:\d+:\d+: \S/),
      expect.stringMatching(/^folder\.yaml:1:1: It is not a plain file/),
      expect.stringMatching(/^huge\.yaml:1:1: It has 1000001 bytes/),
      expect.stringMatching(/^link\.json:1:1: It is not a plain file/),
      expect.stringMatching(/^pipe\.yaml:1:1: It is not a plain file/),
    ]);
    expect(house.log.entries.filter((entry) => entry.message.includes("broken"))).not.toEqual([]);
    await house.say("wf#W1:good");
    await house.idle();
    expect(house.linesOf("W1").at(-1)).toMatch(/^tr#W1/);
  });

  test("[O9] a file that is broken at the start is told at the start", async () => {
    writeFileSync(join(folder, "broken.yaml"), "id: [");
    await house.close();
    house = await openHouse({ home: house.home });
    expect(house.log.entries.map((entry) => entry.fields["problem"])).toContainEqual(
      expect.stringMatching(/^broken\.yaml:\d+:\d+/),
    );
  });

  test("[O9] the home's folder wins; the shipped one is back when the file goes", async () => {
    writeFileSync(join(folder, "mine.yaml"), one("project_planning", "Mine"));
    await house.say("wf#W1:project_planning");
    await house.idle();
    expect(house.back.store.tasks.get("default", "task_W1_make_1")?.title).toBe("Mine");
    rmSync(join(folder, "mine.yaml"));
    expect(await house.say("wf#W2:project_planning")).toEqual({ ok: true, result: "refused" });
    expect(house.linesOf("W2").join()).toContain('The input "name" is missing.');
  });

  test("[O9] an edited file counts from the next start on; runs keep their own copy", async () => {
    const path = join(folder, "w.yaml");
    await house.close();
    house = await openHouse({ home: house.home, works: false });
    writeFileSync(path, one("w", "Before"));
    await house.say("wf#W1:w");
    writeFileSync(path, one("w", "Afterwards"));
    await house.say("wf#W2:w");
    house.work();
    await house.idle();
    const titles = ["W1", "W2"].map((cid) => house.back.store.tasks.get("default", `task_${cid}_make_1`)?.title);
    expect(titles).toEqual(["Before", "Afterwards"]);
  });

  test("[O9] two files of one folder with the same id: the second is told as broken", async () => {
    writeFileSync(join(folder, "a.yaml"), one("same", "A"));
    writeFileSync(join(folder, "b.yaml"), one("same", "B"));
    expect(await house.ask("workflows")).toMatchObject({
      broken: ["b.yaml:1:1: a.yaml has the id same already. Give one of them another id."],
    });
  });

  test("[O13] a task step creates its tasks once, with ids of run and step; odd titles do no harm", async () => {
    const titles = JSON.stringify([
      "Plain",
      { title: "With more", complexity: 7 },
      5,
      "",
      `${"x".repeat(198)}💥💥`,
      "a\0b",
    ]);
    writeFileSync(
      join(folder, "w.json"),
      `{"id":"w","name":"W","steps":[{"id":"make","kind":"task","with":{"tasks":${titles}}}],"outputs":{"ids":"\${steps.make.output.ids}"}}`,
    );
    await house.say("wf#W1:w");
    await house.idle();
    const made = (await house.back.store.tasks.list("default")).items
      .map(({ id, title }) => [id, title])
      .toSorted(byText);
    expect(made).toEqual([
      ["task_W1_make_1", "Plain"],
      ["task_W1_make_2", "With more"],
      ["task_W1_make_5", `${"x".repeat(198)}…`],
      ["task_W1_make_6", "ab"],
    ]);
    expect(house.linesOf("W1")).toContain(
      "tc#W1:run_W1|success|{ids:['task_W1_make_1','task_W1_make_2','task_W1_make_5','task_W1_make_6']}",
    );
  });

  test(
    "[O21] a job that fails for good is told, and its run or task is left as failed",
    { timeout: 60_000 },
    async () => {
      await house.close();
      house = await openHouse({ home: house.home, works: false });
      await house.say("tc#A1:Build auth");
      await house.say("cl#C1:something");
      writeFileSync(join(folder, "w.yaml"), one("w", "A"));
      await house.say("wf#W1:w");
      // Payloads that no handler can work on, in their last attempt.
      await house.back.database.write((unit) => {
        unit.run("UPDATE job_queue SET max_attempts = 1");
        unit.run("UPDATE workflows SET definition = '{}'");
      });
      Object.assign(house.back.planner, { assess: () => Promise.reject(new Error("the planner is gone")) });
      Object.assign(house.back.store.memory, {
        recall: () => {
          throw new Error("the index is gone");
        },
      });
      house.work();
      await house.idle();
      expect(house.linesOf("A1").slice(-2)).toEqual([
        "su#A1:task_A1|failed|0",
        "er#A1:job_died|task_create failed for good: the planner is gone|Mend the cause, then say: retry task_A1",
      ]);
      expect(house.linesOf("C1").at(-1)).toMatch(/^er#C1:job_died\|context_load failed for good: the index is gone\|/);
      expect(house.linesOf("W1").slice(-2)).toEqual([
        "su#W1:run_W1|failed|0",
        expect.stringMatching(/^er#W1:workflow_failed\|.*\|Mend the cause, then say: retry run_W1$/),
      ]);
    },
  );
});

describe("project_planning on the servers that ship", () => {
  test("[O5][O11][O13] writes the plan, stores what is known, creates the tasks", async () => {
    const home = makeHome();
    const house = await openHouse({ home, mcpServers: shippedServers(home) });
    await house.say("wf#W1:project_planning|{name:'Rocket Garden 🚀',scope:'iOS, web'}");
    await house.idle();
    expect(house.linesOf("W1").filter((line) => line.startsWith("tc#"))).toEqual([
      expect.stringMatching(
        /^tc#W1:run_W1\|success\|\{next:\['task_W1_create_tasks_1',.*\],plan:'plans\/rocket-garden\.md'\}$/,
      ),
    ]);
    expect(readFileSync(join(home, "files/plans/rocket-garden.md"), "utf8")).toMatch(
      /^# Rocket Garden 🚀\n\nFor iOS and web\.\n\n## Steps\n\n1\. Write down what Rocket Garden 🚀 must do first\n/,
    );
    const memory = readFileSync(join(home, "memory.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; name?: string; from?: string; to?: string });
    expect(memory.filter(({ type }) => type === "entity").map(({ name }) => name)).toEqual([
      "Rocket Garden 🚀",
      "Rocket Garden 🚀 iOS",
      "Rocket Garden 🚀 web",
    ]);
    expect(memory.filter(({ type }) => type === "relation").map(({ from, to }) => [from, to])).toEqual([
      ["Rocket Garden 🚀", "Rocket Garden 🚀 iOS"],
      ["Rocket Garden 🚀", "Rocket Garden 🚀 web"],
    ]);
    const tasks = (await house.back.store.tasks.list("default")).items;
    expect(tasks.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "ready"));

    await house.say("wf#W2:weekly_review");
    await house.idle();
    expect(house.linesOf("W2").at(-1)).toMatch(/^tc#W2:run_W2\|success/);
    expect(readFileSync(join(home, "files/reviews/weekly-review.md"), "utf8")).toContain("Rocket Garden");
    await endHouse(house);
  });
});
