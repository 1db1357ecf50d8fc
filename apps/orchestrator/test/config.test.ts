import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { makeHome } from "./harness.ts";

let home: string;
let cwd: string;
beforeEach(() => {
  home = makeHome();
  cwd = makeHome();
});
afterEach(() => {
  for (const folder of [home, cwd]) rmSync(folder, { recursive: true, force: true });
});
const write = (folder: string, text: string): void => writeFileSync(join(folder, "kingly.config.json"), text);

test("[O18] without a file the servers that ship are there, one writer for the one that loses parallel writes", () => {
  const read = readConfig(home, cwd);
  expect(read).toMatchObject({
    ok: true,
    config: {
      mcpServers: { memory: { concurrency: 1, env: { MEMORY_FILE_PATH: join(home, "memory.jsonl") } }, files: {} },
    },
  });
});

test("[O18] the home's file wins over the working folder's; its servers stand beside those that ship", () => {
  write(cwd, '{"mcpServers":{"a":{"command":"a"}}}');
  expect(readConfig(home, cwd)).toHaveProperty("config.mcpServers.a.command", "a");
  write(home, '{"mcpServers":{"b":{"command":"b"},"memory":{"command":"mine"},"__proto__":{"command":"c"}}}');
  const read = readConfig(home, cwd);
  expect(read).toMatchObject({
    config: { mcpServers: { b: { command: "b" }, memory: { command: "mine" }, files: {} } },
  });
  expect(read).not.toHaveProperty("config.mcpServers.a");
});

test("[O18] the front model's settings are the gateway's and stand in the same file", () => {
  write(home, '{"frontModel":{"script":[{"reply":"Hello"}]},"mcpServers":{"a":{"command":"a"}}}');
  expect(readConfig(home, cwd)).toHaveProperty("config.mcpServers.a.command", "a");
});

test.each([
  ["{", "cannot be read"],
  ["", "cannot be read"],
  ["[]", "must be object"],
  ["null", "must be object"],
  ['{"mcpServer":{}}', "mcpServer"],
  ['{"mcpServers":{"a":{}}}', "command"],
  ['{"mcpServers":{"a":{"command":"x","concurrency":0}}}', "concurrency"],
  ['{"tools":{"send":"allow"}}', "(send)"],
  ['{"scriptedModel":[{"reply":""}]}', "reply"],
  ['{"scriptedModel":[{"when":"(","reply":"x"}]}', "scriptedModel/0/when"],
  ["\u0000", "cannot be read"],
])("[O18] the broken file %# is one sentence with its path and what to do", (text, part) => {
  write(home, text);
  const read = readConfig(home, cwd);
  expect(read).toMatchObject({ ok: false });
  const message = read.ok ? "" : read.message;
  expect(message).toContain(join(home, "kingly.config.json"));
  expect(message).toContain(part);
  expect(message).toContain("mend it, or move it away");
  expect(message).not.toContain("\n");
});

test("[O18] a folder in the file's place is told like a broken file", () => {
  mkdirSync(join(home, "kingly.config.json"));
  expect(readConfig(home, cwd)).toMatchObject({ ok: false, message: expect.stringContaining("EISDIR") });
});
