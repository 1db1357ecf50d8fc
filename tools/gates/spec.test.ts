import { describe, expect, test } from "vitest";
import { list, read } from "./house.ts";

const specs = list("{packages,apps}/*/SPEC.md");
const rulesOf = (spec: string): string[] =>
  [...read(spec).matchAll(/^- \*\*([A-Z]+\d+)\*\* /gm)].map((match) => match[1] ?? "");
const homeOf = (spec: string): string => spec.slice(0, -"/SPEC.md".length);
/** The ids that the test names of a room, or of the house's own end-to-end tests, begin with. */
const citedIn = (files: readonly string[]): Set<string> => {
  const cited = new Set<string>();
  for (const file of files) {
    for (const name of read(file).matchAll(/["'`]((?:\[[A-Z]+\d+\] ?)+)/g)) {
      for (const id of (name[1] ?? "").matchAll(/[A-Z]+\d+/g)) cited.add(id[0]);
    }
  }
  return cited;
};

describe("specifications", () => {
  test("every room and app has one, and no rule id is used twice", () => {
    const rooms = list("{packages,apps}/*/package.json").map((path) => path.replace("package.json", "SPEC.md"));
    expect(rooms.filter((spec) => !specs.includes(spec))).toEqual([]);
    const all = specs.flatMap(rulesOf);
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
    expect(specs.filter((spec) => rulesOf(spec).length === 0)).toEqual([]);
  });

  test.each(specs)("every rule of %s is named by a test, and no test there names an unknown rule", (spec) => {
    const rules = rulesOf(spec);
    const own = list(`${homeOf(spec)}/test/**/*.ts`);
    const everywhere = spec.startsWith("apps/")
      ? [...own, ...list("e2e/**/*.ts"), ...list("apps/*/test/**/*.ts")]
      : own;
    const cited = citedIn(everywhere);
    expect(rules.filter((id) => !cited.has(id))).toEqual([]);
    const known = new Set(specs.flatMap(rulesOf));
    expect([...citedIn(own)].filter((id) => !known.has(id))).toEqual([]);
  });
});
