import { describe, expect, test } from "vitest";
import { advance, checkChildren, childOutcome, maxRunDepth, parentOf, startRun } from "../src/index.ts";
import type { Definition, Run } from "../src/index.ts";
import { define } from "./definitions.ts";
import { begin, broke, cancel, done, go, names, walk } from "./walks.ts";

const child = define({
  id: "child",
  inputs: { n: { type: "number", required: true }, o: { type: "string" } },
  steps: [
    { id: "x", kind: "task", compensate: { kind: "task" } },
    { id: "y", kind: "task", needs: ["x"] },
  ],
  outputs: { twice: "${steps.y.output}" },
});
const parent = define({
  inputs: { n: { type: "number" } },
  steps: [
    { id: "a", kind: "workflow", workflow: "child", with: { n: "${inputs.n}" }, retry: { maxAttempts: 2 } },
    { id: "b", kind: "task", needs: ["a"], with: "${steps.a.output.twice}" },
  ],
});
const known: ReadonlyMap<string, Definition> = new Map([
  ["child", child],
  ["flow", parent],
]);
const begun = begin(parent, { n: 4 });
const [start] = begun.start;
if (start === undefined) throw new Error("nothing started");
const childRun = startRun(child, {
  runId: "c1",
  inputs: { n: 4 },
  parent: parentOf("r1", start),
  depth: start.depth ?? 0,
});
const outcomeOf = (run: Run) => {
  const outcome = childOutcome(run);
  if (outcome === undefined) throw new Error("it is not over");
  return outcome;
};

describe("a run of another workflow", () => {
  test("[W33] its start names workflow, inputs and depth; its outputs are the output", () => {
    expect(start).toEqual({
      stepId: "a",
      attempt: 1,
      kind: "workflow",
      delayMs: 0,
      input: { n: 4 },
      workflow: "child",
      depth: 1,
    });
    expect(childRun.run).toMatchObject({ depth: 1, parent: { runId: "r1", stepId: "a", attempt: 1 } });
    expect(childOutcome(childRun.run)).toBeUndefined();
    const ended = go(child, childRun, done("x"), done("y", 8));
    const next = advance(parent, begun.run, outcomeOf(ended.run));
    expect(next.run.steps["a"]?.output).toEqual({ twice: 8 });
    expect(next.start).toMatchObject([{ stepId: "b", input: 8 }]);
    expect(childOutcome(walk(child, done("x"), done("y")).run)).toBeUndefined();
  });

  test("[W33][W36] its failure fails the attempt, once it is undone, with its own code", () => {
    const failing = go(child, childRun, done("x"), broke("y", "unknown"));
    expect(failing.run.status).toBe("compensating");
    expect(childOutcome(failing.run)).toBeUndefined();
    const undone = go(child, failing, done("x!"));
    expect(outcomeOf(undone.run)).toEqual({
      stepId: "a",
      attempt: 1,
      kind: "failed",
      error: { code: "unknown", message: "child failed and was undone at y: It broke." },
    });
    expect(names(advance(parent, begun.run, outcomeOf(undone.run)).start)).toEqual(["a#2"]);
    const left = go(child, failing, broke("x!"));
    expect(outcomeOf(left.run)).toMatchObject({ error: { message: expect.stringContaining("Not undone: x.") } });
  });

  test("[W33] a cancelled one is not repeated", () => {
    const cancelled = go(child, childRun, cancel, broke("x", "cancelled"));
    expect(outcomeOf(cancelled.run)).toMatchObject({ kind: "failed", retryable: false, error: { code: "cancelled" } });
    expect(advance(parent, begun.run, outcomeOf(cancelled.run)).run.status).toBe("failed");
  });

  test("[W33] inputs are an object, and no run has more than 8 above it", () => {
    const loose = define({
      inputs: { all: { type: "string" } },
      steps: [{ id: "a", kind: "workflow", workflow: "child", with: "${inputs.all}" }],
    });
    expect(begin(loose, { all: "text" }).run.error?.code).toBe("wrong_input");
    const at = (depth: number) => startRun(parent, { runId: "r", inputs: { n: 1 }, depth });
    expect(at(maxRunDepth - 1).start[0]?.depth).toBe(maxRunDepth);
    expect(at(maxRunDepth).run.error).toMatchObject({ code: "nested_too_deep", stepId: "a" });
  });

  test("[W33] a workflow that is not there, and inputs that it does not have or misses, are found", () => {
    expect(checkChildren(parent, known)).toEqual([]);
    const wrong = define({
      steps: [
        { id: "a", kind: "workflow", workflow: "chidl" },
        { id: "b", kind: "task", compensate: { kind: "workflow", workflow: "child", with: { m: 1, o: "x" } } },
      ],
    });
    expect(checkChildren(wrong, known)).toMatchObject([
      { code: "unknown_workflow", path: "/steps/0/workflow", hint: 'Did you mean "child"?' },
      { code: "unknown_input", path: "/steps/1/compensate/with/m" },
      { code: "missing_input", path: "/steps/1/compensate/with" },
    ]);
  });
});
