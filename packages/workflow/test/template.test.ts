import { describe, expect, test } from "vitest";
import { advance, checkInputs, maxInsertedCharacters, startRun } from "../src/index.ts";
import type { Advance, Json } from "../src/index.ts";
import { define } from "./definitions.ts";

const inputs = {
  text: { type: "string" },
  number: { type: "number" },
  list: { type: "array" },
  object: { type: "object" },
  absent: { type: "object" },
} as const;
const values: Json = {
  text: "a ${inputs.number} b",
  number: 7,
  list: ["x", { y: null }],
  object: { key: { "deep-key": true }, "0": "zero" },
};

function startWith(more: { readonly [key: string]: Json }): Advance {
  const definition = define({ inputs, steps: [{ id: "a", kind: "task", ...more }] });
  const checked = checkInputs(definition, values);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return startRun(definition, { runId: "r1", inputs: checked.value });
}

describe("references", () => {
  test("[W10] a string that is exactly one reference becomes the value with its type, wherever it stands", () => {
    const { start } = startWith({
      with: { n: "${inputs.number}", l: ["${inputs.list}"], o: { o: "${inputs.object}" }, "${inputs.text}": 1 },
    });
    expect(start[0]?.input).toEqual({
      n: 7,
      l: [["x", { y: null }]],
      o: { o: { key: { "deep-key": true }, "0": "zero" } },
      "${inputs.text}": 1,
    });
  });

  test("[W10] inside longer text strings are inserted as they are and other values as JSON, and never read again", () => {
    const { start } = startWith({
      with: ["<${inputs.text}>", "${inputs.number}${inputs.number}", " ${inputs.list}", "n=${inputs.absent}"],
    });
    expect(start[0]?.input).toEqual(["<a ${inputs.number} b>", "77", ' ["x",{"y":null}]', "n=null"]);
  });

  test("[W9][W10] $${ is a literal ${ and other signs stay as they are", () => {
    const { start } = startWith({ with: ["$${inputs.number}", "$$${x}", "$5 $ {a} ${inputs.number}$", "$", ""] });
    expect(start[0]?.input).toEqual(["${inputs.number}", "$${x}", "$5 $ {a} 7$", "$", ""]);
  });

  test("[W10] a prompt is always text", () => {
    expect(startWith({ kind: "model", prompt: "${inputs.list}" }).start[0]?.prompt).toBe('["x",{"y":null}]');
    expect(startWith({ kind: "model", prompt: "${inputs.text}" }).start[0]?.prompt).toBe("a ${inputs.number} b");
  });

  test("[W13] keys and indexes lead inside, and everything inside null is null", () => {
    const { start } = startWith({
      with: [
        "${inputs.list.1.y}",
        "${inputs.list.1.y.z}",
        "${inputs.object.key.deep-key}",
        "${inputs.object.0}",
        "${inputs.absent}",
        "${inputs.absent.a.b}",
      ],
    });
    expect(start[0]?.input).toEqual([null, null, true, "zero", null, null]);
  });

  test("[W13] a key that is not there fails the step, without another attempt", () => {
    for (const text of [
      "${inputs.object.nothing}",
      "${inputs.list.2}",
      "${inputs.list.length}",
      "${inputs.list.01}",
      "${inputs.text.length}",
      "${inputs.number.x}",
      "${inputs.object.constructor}",
      "x ${inputs.object.__proto__}",
    ]) {
      const { run, start } = startWith({ with: { text }, retry: {} });
      expect({ text, start }).toEqual({ text, start: [] });
      expect(run).toMatchObject({
        status: "failed",
        progress: 1,
        error: { code: "reference_missing", stepId: "a" },
        steps: { a: { status: "failed", attempt: 1 } },
      });
    }
  });

  test("[W13][W18] a step with onFailure continue goes on from a reference that leads nowhere", () => {
    const definition = define({
      inputs,
      steps: [
        { id: "a", kind: "task", with: "${inputs.object.nothing}", onFailure: "continue" },
        { id: "b", kind: "task", needs: ["a"], with: "${steps.a.output.anything}" },
      ],
    });
    const { run, start } = startRun(definition, { runId: "r1", inputs: { object: {} } });
    expect(start).toMatchObject([{ stepId: "b", input: null }]);
    expect(run).toMatchObject({ status: "running", progress: 0.5, steps: { a: { status: "failed", output: null } } });
  });

  test("[W13][W17] when one of several ready steps cannot take its references, none of them starts", () => {
    const definition = define({
      inputs,
      steps: [
        { id: "a", kind: "task" },
        { id: "b", kind: "task", with: "${inputs.object.nothing}" },
      ],
    });
    const { run, start, changed } = startRun(definition, { runId: "r1", inputs: { object: {} } });
    expect(start).toEqual([]);
    expect(run.steps).toMatchObject({ a: { status: "skipped", attempt: 0 }, b: { status: "failed" } });
    expect(changed).toEqual([
      { stepId: "a", status: "skipped" },
      { stepId: "b", status: "failed" },
    ]);
  });

  test("[W25] references may not insert more than a million characters into one step's text", () => {
    const definition = define({
      inputs,
      steps: [
        { id: "a", kind: "task", with: Array.from({ length: 100 }, () => "x${inputs.text}"), onFailure: "continue" },
        { id: "b", kind: "task", with: Array.from({ length: 100 }, () => "${inputs.text}") },
      ],
    });
    const begin = (characters: number): Advance =>
      startRun(definition, { runId: "r1", inputs: { text: "t".repeat(characters) } });
    expect(begin(maxInsertedCharacters / 100).start.map((each) => each.stepId)).toEqual(["a", "b"]);
    const over = begin(maxInsertedCharacters / 100 + 1);
    expect(over.run.steps["a"]?.error?.code).toBe("input_too_large");
    expect(over.start.map((each) => each.stepId)).toEqual(["b"]);
  });

  test("[W10] outputs of steps are taken with their type", () => {
    const definition = define({
      steps: [
        { id: "a", kind: "task" },
        { id: "b", kind: "mcp", server: "s", tool: "t", needs: ["a"], with: { v: "${steps.a.output.list.0}" } },
      ],
    });
    const begun = startRun(definition, { runId: "r1", inputs: {} });
    const output = { list: [{ id: 1 }] };
    const next = advance(definition, begun.run, { kind: "completed", stepId: "a", attempt: 1, output });
    expect(next.start).toEqual([
      {
        stepId: "b",
        attempt: 1,
        kind: "mcp",
        delayMs: 0,
        input: { v: { id: 1 } },
        server: "s",
        tool: "t",
        idempotent: false,
      },
    ]);
  });
});
