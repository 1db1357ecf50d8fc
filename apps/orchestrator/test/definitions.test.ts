import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

const one = (id: string, more = ""): string =>
  `id: ${id}\nname: ${id}\n${more}steps:\n  - { id: make, kind: task, with: { tasks: [A] } }\n`;
// Nine lists of nine of the one before: 9^9 values once they are written out.
const bomb = [
  "id: bomb",
  "name: Bomb",
  "a0: &a0 [x, x, x, x, x, x, x, x, x]",
  ...Array.from(
    { length: 8 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array.from({ length: 9 }, () => `*a${at}`).join(", ")}]`,
  ),
  "",
].join("\n");

interface NotLoaded {
  readonly file: string;
  readonly problems: readonly {
    readonly line: number;
    readonly column: number;
    readonly message: string;
    readonly hint: string;
  }[];
}

let house: House;
let folder: string;
beforeEach(async () => {
  house = await openHouse();
  folder = join(house.home, "workflows");
});
afterEach(() => endHouse(house));
const list = async (): Promise<{ definitions: readonly { id: string }[]; notLoaded: readonly NotLoaded[] }> =>
  (await house.ask("workflows")) as { definitions: readonly { id: string }[]; notLoaded: readonly NotLoaded[] };

describe("a definition that does not load", () => {
  // Name, what stands in the file, its line and column, and what is said of it.
  const cases: readonly (readonly [string, string | Buffer, number, number, RegExp])[] = [
    [
      "cycle.yaml",
      "id: c\nname: C\nsteps:\n  - { id: a, kind: task, needs: [b] }\n  - { id: b, kind: task, needs: [a] }\n",
      4,
      26,
      /a -> b -> a|b -> a -> b/,
    ],
    ["unknown_step.yaml", "id: u\nname: U\nsteps:\n  - { id: a, kind: task, needs: [nope] }\n", 4, 34, /nope/],
    ["wrong_type.yaml", "id: w\nname: W\nversion: two\nsteps:\n  - { id: a, kind: task }\n", 3, 1, /version/],
    ["bomb.yaml", bomb, 7, 35, /values/],
    ["huge.yaml", Buffer.alloc(10 * 1024 * 1024, 0x20), 1, 1, /10485760 bytes/],
    ["twice.yaml", "id: t\nname: T\nname: Again\nsteps:\n  - { id: a, kind: task }\n", 3, 1, /name/],
    ["tabs.yaml", "id: t\nname: T\nsteps:\n\t- { id: a, kind: task }\n", 4, 1, /[Tt]ab/],
    ["utf16.yaml", Buffer.from("\ufeffid: x\n", "utf16le"), 1, 1, /UTF-16/],
    [
      "latin1.yaml",
      Buffer.concat([Buffer.from("id: l\nname: ä"), Buffer.from([0xe9]), Buffer.from("\nsteps: []\n")]),
      2,
      8,
      /0xe9 is not UTF-8/,
    ],
    ["cut.yaml", Buffer.concat([Buffer.from("id: l\nname: "), Buffer.from([0xc3])]), 2, 7, /0xc3 is not UTF-8/],
    ["not_json.json", '{"id": "a",\n "name": }', 2, 10, /not JSON/],
    ["child.yaml", "id: p\nname: P\nsteps:\n  - id: run\n    kind: workflow\n    workflow: nowhere\n", 6, 5, /nowhere/],
    ["cron.yaml", one("cron", "triggers:\n  schedule:\n    - cron: 61 * * * *\n"), 5, 7, /61/],
  ];

  test.each(cases)(
    "[O9] %s has file, line, column and a sentence with what to do; the others load",
    async (name, text, line, column, message) => {
      writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, "zz_good.yaml"), one("good"));
      const { definitions, notLoaded } = await list();
      expect(definitions.map(({ id }) => id)).toEqual(["project_planning", "weekly_review", "good"]);
      expect(notLoaded).toHaveLength(1);
      const [found] = notLoaded;
      expect(found?.file).toBe(name);
      expect(found?.problems[0]).toMatchObject({
        line,
        column,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/\S/),
      });
      expect(await house.ask("readiness")).toContainEqual({
        name: "workflow file",
        ok: false,
        optional: true,
        why: expect.stringMatching(new RegExp(`^${name.replace(".", "\\.")}:${line}:${column}: `)),
      });
    },
  );

  test("[O9] links that lead round in a circle, and folders, are told and not followed", async () => {
    symlinkSync("b.yaml", join(folder, "a.yaml"));
    symlinkSync("a.yaml", join(folder, "b.yaml"));
    mkdirSync(join(folder, "loop"));
    symlinkSync("../loop", join(folder, "loop/loop"));
    symlinkSync("context.yaml", join(folder, "loop/context.yaml"));
    mkdirSync(join(folder, "folder.yaml"));
    const { definitions, notLoaded } = await list();
    expect(definitions).toHaveLength(2);
    expect(notLoaded.map(({ file, problems }) => [file, problems[0]?.line, problems[0]?.message])).toEqual([
      ["a.yaml", 1, "It is not a plain file."],
      ["b.yaml", 1, "It is not a plain file."],
      ["folder.yaml", 1, "It is not a plain file."],
    ]);
  });

  test("[O9] a UTF-8 byte order mark does no harm, in YAML and in JSON", async () => {
    writeFileSync(join(folder, "mark.yaml"), `\ufeff${one("mark")}`);
    writeFileSync(join(folder, "mark.json"), `\ufeff{"id":"json","name":"J","steps":[{"id":"a","kind":"task"}]}`);
    expect((await list()).definitions.map(({ id }) => id)).toEqual([
      "project_planning",
      "weekly_review",
      "json",
      "mark",
    ]);
  });
});

test("[O9] workflows of the older layouts load, alone and as the context of a folder", async () => {
  writeFileSync(
    join(folder, "workflow_1700000000000.yaml"),
    "id: workflow_1700000000000\nname: auth\nsteps:\n  - { agent: lead, task: Plan it }\ncontext: { complexity: high, estimated_time: 2h, dependencies: [] }\ncreated: 2025-01-01T00:00:00.000Z\n",
  );
  mkdirSync(join(folder, "drafts"));
  writeFileSync(
    join(folder, "drafts/context.yaml"),
    `metadata: { id: drafts, type: workflow, name: Drafts, version: 1.0.0, tags: [a] }
workflow_config:
  triggers:
    manual: [review drafts]
    semantic: [{ condition: drafts hold open decisions, confidence: 0.8 }]
  steps:
    - { step: 1, name: Read, personality: shepherd, focus: Decisions, prompt: Read the drafts }
`,
  );
  expect((await list()).definitions.map(({ id }) => id)).toEqual([
    "project_planning",
    "weekly_review",
    "drafts",
    "workflow_1700000000000",
  ]);
  await house.say("ut#U1:u1|Review drafts!||||1700000000000|back");
  await house.until("the end", (told) => told.some(({ line }) => line.startsWith("tc#") && line.includes("|success")));
  expect(house.linesOf("U1").find((line) => line.startsWith("rp#"))).toContain("I start the workflow Drafts.");
});

test("[O9] a file that breaks while the house runs is told without anybody asking", async () => {
  writeFileSync(join(folder, "w.yaml"), one("w"));
  await list();
  writeFileSync(join(folder, "w.yaml"), "id: [");
  await expect
    .poll(() => house.log.entries.some(({ fields }) => String(fields["problem"]).startsWith("w.yaml:1:")), {
      timeout: 10_000,
    })
    .toBe(true);
});
