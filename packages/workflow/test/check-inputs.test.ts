import { expect, test } from "vitest";
import { checkInputs } from "../src/index.ts";
import { define } from "./definitions.ts";

const definition = define({
  inputs: {
    topic: { type: "string", required: true },
    count: { type: "number", default: 3, required: true },
    tags: { type: "array" },
    options: { type: "object" },
    draft: { type: "boolean", default: false },
  },
  steps: [{ id: "a", kind: "task" }],
});

test("[W12] defaults are filled in and what is optional stays absent", () => {
  expect(checkInputs(definition, { topic: "kings" })).toEqual({
    ok: true,
    value: { topic: "kings", count: 3, draft: false },
  });
  expect(checkInputs(definition, { topic: "", count: 0, tags: [], options: {}, draft: true })).toEqual({
    ok: true,
    value: { topic: "", count: 0, tags: [], options: {}, draft: true },
  });
});

test("[W12] missing, wrong and undeclared inputs are refused all at once", () => {
  const checked = checkInputs(definition, { topik: "kings", count: null, tags: {}, options: [], draft: "no" });
  if (checked.ok) throw new Error("accepted");
  expect(checked.problems.map((problem) => `${problem.code} ${problem.path}`)).toEqual([
    "missing_input ",
    "wrong_type /count",
    "wrong_type /tags",
    "wrong_type /options",
    "wrong_type /draft",
    "unknown_input /topik",
  ]);
  expect(checked.problems.at(-1)?.hint).toBe('Did you mean "topic"?');
  expect(checked.problems.some((problem) => "line" in problem)).toBe(false);
});

test("[W12] inputs that are not an object are refused, and names of every object are no inputs", () => {
  for (const params of [null, [], "x", 4] as const) {
    const checked = checkInputs(definition, params);
    expect(checked.ok).toBe(params === null ? false : checked.ok);
    expect(!checked.ok && checked.problems[0]?.code).toBe(params === null ? "missing_input" : "wrong_type");
  }
  const hidden: unknown = JSON.parse('{"topic":"x","__proto__":{"count":9},"constructor":1}');
  const checked = checkInputs(definition, hidden as Parameters<typeof checkInputs>[1]);
  expect(!checked.ok && checked.problems.map((problem) => problem.path)).toEqual(["/__proto__", "/constructor"]);
});
