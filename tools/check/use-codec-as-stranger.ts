import { spawnSync } from "node:child_process";
import { accessSync, constants, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "../..");
const oldestNode = 20;

/** Uses the unpacked codec in a folder that has nothing else; returns what went wrong.
 *
 * The examples of its README are compiled with the strictest types against what is published, and run by every Node on the
 * path that is new enough; its vectors are run by its second implementation, from within the package. */
export function useCodecAsStranger(packed: string): readonly string[] {
  const folder = join(packed, "../stranger");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules/@kingly"), { recursive: true });
  cpSync(packed, join(folder, "node_modules/@kingly/codec"), { recursive: true });
  mkdirSync(join(folder, "node_modules/@types"));
  symlinkSync(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const names = examplesOf(readFileSync(join(packed, "README.md"), "utf8"));
  if (names.length < 4) return [`codec: its README shows ${names.length} examples`];
  for (const name of names) cpSync(join(root, "examples", name), join(folder, name));
  writeFileSync(join(folder, "resources.ts"), resources);

  const types = "--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --skipLibCheck false".split(" ");
  const target = "--module nodenext --target es2022 --types node --outDir out".split(" ");
  const sources = [...names, "resources.ts"];
  const problems = run(folder, "the compiler", join(root, "node_modules/.bin/tsc"), [...types, ...target, ...sources]);
  if (problems.length > 0) return problems;
  for (const [version, node] of nodes()) {
    for (const source of sources) {
      problems.push(...run(folder, `${source} with Node ${version}`, node, [join("out", source.replace(/ts$/, "js"))]));
    }
  }
  if (spawnSync("python3", ["--version"]).error === undefined) {
    const runner = join(folder, "node_modules/@kingly/codec/conformance/run.py");
    problems.push(...run(folder, "the vectors in Python", "python3", [runner]));
  }
  return problems;
}

// Reads what is published beside the program, by its public names, and holds the program against it.
const resources = `
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseCommand, parseEvent } from "@kingly/codec";
import { parseCommand as parseInCore, parseEvent as parseEventInCore } from "@kingly/codec/core";

const read = (name: string): string => readFileSync(new URL(import.meta.resolve("@kingly/codec/" + name)), "utf8");
assert.match(read("SPEC.md"), /BCP 14/);
assert.match(read("coded.abnf"), /^message +=/m);
assert.equal(JSON.parse(read("vectors/schema.json")).type, "object");
let count = 0;
for (const line of read("vectors/parse.jsonl").trimEnd().split("\\n")) {
  const { direction, input, pad = 0, error } = JSON.parse(line);
  const parsed = (direction === "command" ? parseCommand : parseEvent)(input + "a".repeat(pad));
  assert.equal(parsed.ok ? undefined : parsed.error.code, error?.code, line);
  const inCore = (direction === "command" ? parseInCore : parseEventInCore)(input + "a".repeat(pad));
  assert.deepEqual(inCore.ok ? inCore.value : inCore.error.code, parsed.ok ? parsed.value : error.code);
  count += 1;
}
assert.ok(count > 200);
`;

function examplesOf(readme: string): readonly string[] {
  return Array.from(readme.matchAll(/source=examples\/([\w-]+\.ts)#/g), ([, name = ""]) => name);
}

/** Finds the Nodes on the path, each version once. */
function nodes(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const node = join(folder, "node");
    try {
      accessSync(node, constants.X_OK);
    } catch {
      continue;
    }
    const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim().slice(1);
    if (Number.parseInt(version, 10) >= oldestNode && !found.has(version)) found.set(version, node);
  }
  return found;
}

function run(cwd: string, what: string, command: string, parameters: readonly string[]): string[] {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, { cwd, encoding: "utf8" });
  return status === 0 ? [] : [`codec, as a stranger: ${what}: ${error?.message ?? `${stdout}${stderr}`.slice(-2000)}`];
}
