import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { makeFolder } from "./house.ts";

const run = (home: string, ...words: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "../src/person.ts"), ...words], {
    cwd: home,
    env: { KINGLY_HOME: home },
    encoding: "utf8",
  });

test("[G24] a person is given a token by a command, is listed, and is taken out again", () => {
  const home = makeFolder();
  const file = join(home, "kingly.config.json");
  writeFileSync(file, JSON.stringify({ askAgainMs: 7 }));
  const added = run(home, "add", "ann", "team", "default");
  const token = /#token=([\w-]{43})\n/.exec(added.stdout)?.[1] ?? "";
  const tokenSha256 = createHash("sha256").update(token).digest("hex");
  const ann = { name: "ann", tokenSha256, workspaces: ["team", "default"] };
  expect(readConfig(home, home)).toEqual({ ok: true, askAgainMs: 7, people: [ann] });
  expect(readFileSync(file, "utf8")).not.toContain(token);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(run(home, "list").stdout).toBe(`ann  team, default\n1 people in ${file}\n`);
  expect(run(home, "remove", "ann").status).toBe(0);
  expect(readConfig(home, home)).toMatchObject({ ok: true, people: [] });
});

test("[G24] a name that is there, is wrong or is not there changes nothing and says why", () => {
  const home = makeFolder();
  expect(run(home, "add", "ann").status).toBe(0);
  const before = readFileSync(join(home, "kingly.config.json"), "utf8");
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["add", "ann"], 1, /must differ/],
    [["add", "a b"], 1, /1 to 32 letters/],
    [["add", "owner"], 1, /must differ/],
    [["add", "bob", "no/slash"], 1, /must be a list of names/],
    [["remove", "eve"], 1, /There is no eve/],
    [["remove"], 64, /person\.ts list/],
    [["give", "ann"], 64, /person\.ts list/],
  ];
  for (const [words, status, why] of cases) {
    const ended = run(home, ...words);
    expect([ended.status, ended.stderr]).toEqual([status, expect.stringMatching(why)]);
  }
  expect(readFileSync(join(home, "kingly.config.json"), "utf8")).toBe(before);
});
