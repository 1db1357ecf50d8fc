import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

/** The rules of a grammar by name, without comments and with single spaces. */
function rulesOf(grammar: string): Map<string, string> {
  const lines = grammar.split("\n").map((line) => line.replace(/\s;.*$|^;.*$/, "").trimEnd());
  return new Map(
    lines.flatMap((line) => {
      const [, name, body] = /^([A-Za-z][\w-]*)\s+=\s+(.*)$/.exec(line) ?? [];
      return name === undefined || body === undefined ? [] : [[name, body.replace(/\s+/g, " ")] as const];
    }),
  );
}

test("[C28][C30] the grammar that is shipped says what the specification says, and names no rule it lacks", () => {
  const shipped = rulesOf(read("coded.abnf"));
  const fences = Array.from(read("SPEC.md").matchAll(/```abnf\n(.*?)```/gs), ([, fence = ""]) => fence);
  const specified = rulesOf(fences.join("\n"));
  expect(specified.size).toBeGreaterThan(20);
  for (const [name, body] of specified) expect([name, shipped.get(name)]).toEqual([name, body]);
  for (const body of shipped.values()) {
    const names = body.replace(/"[^"]*"|%x[\dA-F.-]+/g, " ").match(/[A-Za-z][\w-]*/g) ?? [];
    expect(names.filter((name) => !shipped.has(name))).toEqual([]);
  }
});
