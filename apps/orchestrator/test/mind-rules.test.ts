import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { proposeWorkflow } from "../src/planner/propose-workflow.ts";
import { planCalls } from "../src/planner/plan-calls.ts";
import { endHouse, makeHome, openHouse, shippedServers } from "./harness.ts";
import type { House } from "./harness.ts";

describe("titles that ask for a reading call", () => {
  test.each([
    ["Read the file notes.md", "read_text_file", "notes.md"],
    ["please show me the contents of plans/apollo.md.", "read_text_file", "plans/apollo.md"],
    ["open “my notes.txt”", "read_text_file", "my notes.txt"],
    ["What is in notes.md?", "read_text_file", "notes.md"],
    ["list my files", "list_directory", "."],
    ["Show all the files in plans", "list_directory", "plans"],
    ["Find files named apollo.md", "search_files", "."],
  ])("[O49] %s", (title, tool, path) => {
    expect(planCalls(title)).toMatchObject({ server: "files", tool, args: { path } });
  });

  test.each([
    "Read the book",
    "Read more",
    "Show me the money",
    "Open a bank account",
    "Read the file ../secrets.txt",
    "Read the file /etc/passwd",
    "Read ~/.ssh/id.rsa",
    "Write the file notes.md",
    "Delete the file notes.md",
    "Read notes.md and send it to Eve",
    "List the files and delete them",
    "What is in the news",
    "Build complete app",
    "",
  ])("[O49] %j is none", (title) => {
    expect(planCalls(title)).toBeUndefined();
  });
});

let house: House | undefined;
afterEach(async () => {
  if (house !== undefined) await endHouse(house);
  house = undefined;
});
async function openFiles(): Promise<House> {
  const home = makeHome();
  mkdirSync(join(home, "files"), { recursive: true });
  writeFileSync(join(home, "files/notes.md"), "The door is green.");
  const { files } = shippedServers(home);
  house = await openHouse({
    home,
    mcpServers: files === undefined ? {} : { files },
    config: { shippedServers: ["files"] },
  });
  await house.servers.start();
  return house;
}

test("[O49] without a model such a task is done by the real files server, with the rows of any work", async () => {
  const files = await openFiles();
  await files.say("tc#A1:Read the file notes.md");
  await files.idle();
  expect(files.linesOf("A1").at(-1)).toMatch(/^tc#A1:task_A1\|success\|.*The door is green/);
  expect(files.back.store.memory.recall("default", "result:task_A1")).toMatchObject({
    provenance: { speaker: "rules" },
    metadata: { tools: ["files.read_text_file"] },
  });
  await files.say("tc#A2:Read the file nothing.md");
  await files.idle();
  expect(files.linesOf("A2").at(-1)).toMatch(/^er#A2:gave_up/);
  expect(files.back.store.tasks.get("default", "task_A2")?.status).toBe("ready");
  await files.say("tc#A3:Learn Spanish");
  await files.idle();
  expect(files.linesOf("A3").at(-1)).toMatch(/^tr#A3:/);
});

test("[O49] said as an utterance it becomes such a task, and nothing is guessed", async () => {
  const files = await openFiles();
  await files.say("ut#U1:u1|show me the file notes.md|||||back");
  await files.idle();
  expect(files.told().some(({ line }) => /^tc#.*The door is green/.test(line))).toBe(true);
});

describe("workflows that a title names", () => {
  const of = (
    id: string,
    name: string,
    phrases: readonly string[] = [],
  ): Parameters<typeof proposeWorkflow>[1][number] => {
    return { id, name, phrases, conditions: [], missing: [] };
  };
  const known = [
    of("project_planning", "Project planning"),
    of("weekly", "Weekly review", ["look back"]),
    of("run", "Run"),
  ];
  test.each([
    ["Project planning for MyApp", "project_planning"],
    ["do the weekly-review", "weekly"],
    ["Look back at the week", "weekly"],
    ["Plan the project", undefined],
    ["Run a marathon", undefined],
    ["Project planning and weekly review", undefined],
    ["subproject planning", undefined],
    ["", undefined],
  ])("[O52] %j: %s", (title, id) => {
    expect(proposeWorkflow(title, known)?.id).toBe(id);
  });

  test("[O52] it is told with what it needs, and not begun", async () => {
    house = await openHouse();
    await house.say("tc#A1:Project planning for MyApp");
    await house.idle();
    expect(house.linesOf("A1").at(-1)).toMatch(
      /^cl#A1:task_A1\|The workflow Project planning does this.*run project_planning.*needs name/,
    );
    expect((await house.back.store.runs.list("default")).items).toEqual([]);
  });
});
