import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxConditionDepth, parseCondition } from "../src/index.ts";
import type { Json } from "../src/index.ts";
import { define, problemsOf } from "./definitions.ts";
import { begin } from "./walks.ts";

const inputs = { n: 3, s: "abc", yes: true, no: false, list: [1, "b", { x: [2] }], object: { k: 0, other: null } };
const declared = {
  n: { type: "number" },
  s: { type: "string" },
  yes: { type: "boolean" },
  no: { type: "boolean" },
  list: { type: "array" },
  object: { type: "object" },
  nothing: { type: "object" },
};
const holds = (when: string, more: Readonly<Record<string, Json>> = {}): boolean => {
  const definition = define({ inputs: declared, steps: [{ id: "a", kind: "task", when }] });
  return begin(definition, { ...inputs, ...more }).start.length === 1;
};

describe("what holds", () => {
  test("[W31] every comparison has an answer", () => {
    const all: Readonly<Record<string, boolean>> = {
      "inputs.n == 3": true,
      "inputs.n == '3'": false,
      "inputs.n != '3'": true,
      "inputs.n >= 3": true,
      "inputs.n > 3": false,
      "inputs.n < 3.5e0": true,
      "inputs.n <= -3": false,
      "inputs.s < 'abd'": true,
      "inputs.s > inputs.n": false,
      "inputs.s < inputs.n": false,
      "inputs.list < inputs.list": false,
      "inputs.nothing < 1": false,
      "inputs.list == inputs.list": true,
      "inputs.list != inputs.object": true,
      "inputs.nothing == null": true,
      "inputs.object.other == null": true,
      "inputs.object.missing == null": true,
      "inputs.s.length == null": true,
      "inputs.n in [1, 2, 3]": true,
      "inputs.n in []": false,
      "inputs.s in ['x', \"abc\"]": true,
      "'b' in inputs.list": true,
      "'bc' in inputs.s": true,
      "inputs.n in inputs.s": false,
      "'k' in inputs.object": true,
      "'missing' in inputs.object": false,
      "'constructor' in inputs.object": false,
      "inputs.s in inputs.nothing": false,
      "inputs.object.k exists": true,
      "inputs.object.other exists": false,
      "inputs.nothing.deep.er exists": false,
      "inputs.yes": true,
      "inputs.no": false,
      "inputs.n": false,
      "inputs.nothing": false,
      true: true,
      "false == false": true,
      "inputs.list.2.x.0 == 2": true,
    };
    expect(Object.fromEntries(Object.keys(all).map((when) => [when, holds(when)]))).toEqual(all);
  });

  test("[W30][W31] and binds more than or, not more than and, parentheses most; spaces do not matter", () => {
    expect(holds("inputs.yes or inputs.yes and inputs.no")).toBe(true);
    expect(holds("(inputs.yes or inputs.yes) and inputs.no")).toBe(false);
    expect(holds("not inputs.no and inputs.yes")).toBe(true);
    expect(holds("not (inputs.no or inputs.yes)")).toBe(false);
    expect(holds("not not inputs.yes")).toBe(true);
    expect(holds("  (inputs.n==3)and\n(inputs.s!='x')  ")).toBe(true);
    expect(holds(String.raw`inputs.s == 'it\'s \\' or inputs.s == "it's \\"`, { s: "it's \\" })).toBe(true);
  });

  test("[W31] objects are equal whatever the order of their keys", () => {
    const definition = define({
      inputs: { a: { type: "object" }, b: { type: "object" } },
      steps: [{ id: "x", kind: "task", when: "inputs.a == inputs.b" }],
    });
    expect(begin(definition, { a: { x: 1, y: [2] }, b: { y: [2], x: 1 } }).start).toHaveLength(1);
    expect(begin(definition, { a: { x: 1, y: [2] }, b: { y: [2] } }).start).toHaveLength(0);
  });

  test("[W31] any two values can be compared in any way", () => {
    const pair = define({
      inputs: declared,
      steps: [
        ["eq", "=="],
        ["ne", "!="],
        ["lt", "<"],
        ["ge", ">="],
        ["inside", "in"],
      ].map(([id = "", sign = ""]) => ({ id, kind: "task", when: `inputs.list.0 ${sign} inputs.list.1` })),
    });
    const value = fc.jsonValue({ maxDepth: 3 }).map((each) => JSON.parse(JSON.stringify(each)) as Json);
    fc.assert(
      fc.property(value, value, (left, right) => {
        const { run } = begin(pair, { list: [left, right] });
        const did = (id: string): boolean => run.steps[id]?.status === "running";
        expect(did("eq")).toBe(!did("ne"));
        if (did("eq")) expect(left).toEqual(right);
        const ordered = typeof left === typeof right && ["number", "string"].includes(typeof left);
        expect(did("lt") !== did("ge")).toBe(ordered);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what is wrong", () => {
  test("[W30] is told at the sign where it is wrong", () => {
    const wrong: readonly (readonly [string, number, RegExp])[] = [
      ["inputs.n = 3", 9, /"=" means nothing here/],
      ["inputs.n == ", 12, /It ends where a value should/],
      ["inputs.n == 3 inputs.s", 14, /"inputs.s" stands where and, or, or the end should/],
      ["(inputs.yes", 11, /It ends where a \) should/],
      ["inputs.yes)", 10, /"\)" stands where/],
      ["inputs.n == 'abc", 12, /A text has no end/],
      ["${inputs.n} == 3", 0, /"\$" means nothing here/],
      ["inputs.n + 1 == 4", 9, /"\+" means nothing here/],
      ["size(inputs.list)", 0, /"size" is not a path/],
      ["inputs.n == env.X", 12, /"env.X" is not a path/],
      ["inputs.n in 5", 12, /Nothing is in this value/],
      ["inputs.n in true", 12, /Nothing is in this value/],
      ["inputs.n < true", 11, /< orders numbers and texts only/],
      ["null >= 1", 0, />= orders numbers and texts only/],
      ["inputs.n in [inputs.s]", 13, /"inputs.s" stands where a written value should/],
      ["inputs.n in [1 2]", 15, /"2" stands where a , or \] should/],
      ["inputs.n == 3abc", 13, /"a" means nothing here/],
      ["inputs.n == 1e999", 12, /too large/],
      ["and", 0, /"and" stands where a value should/],
      ["inputs.yes and or inputs.no", 15, /"or" stands where a value should/],
      ["steps.a.status.x == 1", 0, /not a path/],
      ["  ", 2, /It ends where a value should/],
    ];
    for (const [text, at, reason] of wrong) {
      const parsed = parseCondition(text);
      expect({ text, parsed }).toMatchObject({
        text,
        parsed: { ok: false, at, reason: expect.stringMatching(reason) },
      });
    }
  });

  test("[W30] with line and column of the text it stands in, plain, quoted or in a block", () => {
    const at = (when: string): unknown => {
      const [problem] = problemsOf(`id: f\nname: f\nsteps:\n  - id: a\n    kind: task\n    when: ${when}\n`);
      return [problem?.code, problem?.line, problem?.column];
    };
    expect(at("inputs.n = 3")).toEqual(["bad_condition", 6, 20]);
    expect(at("'true = 3'")).toEqual(["bad_condition", 6, 17]);
    expect(at('"true = 3"')).toEqual(["bad_condition", 6, 17]);
    expect(at(">-\n      true = 3")).toEqual(["bad_condition", 7, 12]);
    // What is folded or escaped has no place of its own: that of the key is given.
    expect(at('"true \\u003d 3"')).toEqual(["bad_condition", 6, 5]);
    expect(at("true and inputs.none")).toEqual(["unknown_input", 6, 20]);
    expect(at("steps.a.output exists")).toEqual(["not_in_needs", 6, 11]);
    expect(at("item == 3")).toEqual(["bad_reference", 6, 11]);
  });

  test("[W30] deeper than 32 levels or longer than 2,000 characters is refused, and nothing makes it throw", () => {
    const nest = (levels: number): string => `${"(".repeat(levels)}true${")".repeat(levels)}`;
    expect(parseCondition(nest(maxConditionDepth)).ok).toBe(true);
    expect(parseCondition(nest(maxConditionDepth + 1))).toMatchObject({ ok: false, at: maxConditionDepth + 1 });
    expect(parseCondition("not ".repeat(5000) + "true").ok).toBe(false);
    const long = problemsOf({ steps: [{ id: "a", kind: "task", when: "x".repeat(2001) }] });
    expect(long[0]).toMatchObject({ code: "wrong_value", path: "/steps/0/when" });
    const pieces = fc.constantFrom(
      "(",
      ")",
      "not",
      "and",
      "or",
      "in",
      "==",
      "<",
      "'a'",
      "1",
      "[",
      "]",
      ",",
      "exists",
      " ",
      "inputs.n",
      "${",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join(" ")),
        ),
        (text) => {
          const parsed = parseCondition(text);
          if (!parsed.ok) expect(parsed.at).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
