import { describe, expect, test } from "vitest";
import { advance, maxDefinitionBytes, parseDefinition } from "../src/index.ts";
import type { Advance, Json } from "../src/index.ts";
import { define, problemsOf } from "./definitions.ts";
import { begin, done, names } from "./walks.ts";

/** Answers every start with its own place until nothing is open; gives the last advance and the number of starts. */
function finish(definition: ReturnType<typeof define>, inputs: Readonly<Record<string, Json>>): [Advance, number] {
  let current = begin(definition, inputs);
  const open = [...current.start];
  let starts = 0;
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    starts += 1;
    const [name = ""] = names([next]);
    current = advance(definition, current.run, done(name, next.item ?? -1));
    open.push(...current.start);
  }
  return [current, starts];
}

describe("the largest runs", () => {
  test("[W40] 200 steps, each needing all before it, end", () => {
    const steps = Array.from({ length: 200 }, (_, index) => ({
      id: `s${index}`,
      kind: "task",
      needs: Array.from({ length: index }, (_need, need) => `s${need}`),
    }));
    const [last, starts] = finish(define({ steps }), {});
    expect([last.run.status, starts]).toEqual(["completed", 200]);
  });

  test("[W37][W40] 1,000 items end in their order; 1,001 are refused before anything starts", () => {
    const definition = define({
      inputs: { list: { type: "array" } },
      steps: [
        { id: "a", kind: "task", foreach: { in: "${inputs.list}", maxItems: 1000, concurrency: 100 }, with: "${item}" },
        { id: "b", kind: "task", needs: ["a"] },
      ],
    });
    const list = Array.from({ length: 1000 }, (_, index) => index);
    const [last, starts] = finish(definition, { list });
    expect([last.run.status, starts]).toEqual(["completed", 1001]);
    expect(last.run.steps["a"]?.output).toEqual(list);
    expect(begin(definition, { list: [...list, 1] }).run.error?.code).toBe("too_many_items");
  });

  test("[W3][W40] a fan of 10,000 steps is refused as a text, at its place", () => {
    const steps = Array.from({ length: 10_000 }, (_, index) => ({ id: `s${index}`, kind: "task" }));
    const [problem] = problemsOf({ steps });
    expect(problem).toMatchObject({ code: "wrong_value", path: "/steps", line: 1, column: 28 });
    expect(problem?.message).toContain("must NOT have more than 200 items");
  });

  test("[W1][W2] bombs, 10 MB, depth, duplicates: each with a sentence and, where there is a text, its place", () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${"bcdefghij"
      .split("")
      .map(
        (name, index) =>
          `${name}: &${name} [${Array.from({ length: 10 }, () => `*${"abcdefghi"[index] ?? ""}`).join(", ")}]`,
      )
      .join("\n")}`;
    const texts: Readonly<Record<string, string>> = {
      too_many_values: bomb,
      too_large: "x".repeat(10_000_000),
      too_deep: "[".repeat(100_000),
      duplicate_key: "id: a\nname: n\nname: m\nsteps: []\n",
      syntax: "id: [\n",
    };
    for (const [code, text] of Object.entries(texts)) {
      const parsed = parseDefinition(text);
      expect({ code, parsed }).toMatchObject({
        code,
        parsed: { ok: false, problems: [{ code, hint: expect.stringMatching(/./) }] },
      });
    }
    expect(maxDefinitionBytes).toBe(1_000_000);
    expect(problemsOf("id: a\nname: n\nname: m\n")[0]).toMatchObject({ line: 3, column: 1 });
    expect(problemsOf(bomb)[0]?.line).toBeGreaterThan(1);
  });
});
