import { describe, expect, test } from "vitest";
import { advance } from "../src/index.ts";
import type { Json } from "../src/index.ts";
import { define } from "./definitions.ts";
import { begin, broke, cancel, done, go, late, names, walk } from "./walks.ts";

const undo = (more: { readonly [key: string]: Json } = {}): Json => ({
  kind: "mcp",
  server: "shop",
  tool: "undo",
  with: { id: "${result.id}" },
  ...more,
});
const chain = define({
  steps: [
    { id: "c", kind: "task", needs: ["b"] },
    { id: "a", kind: "task", compensate: undo() },
    {
      id: "b",
      kind: "task",
      needs: ["a"],
      compensate: undo({ retry: { maxAttempts: 2, backoffMs: 5 }, timeoutMs: 50 }),
    },
  ],
});
const bothDone = walk(chain, done("a", { id: "A" }), done("b", { id: "B" }));

describe("undoing", () => {
  test("[W42] begins once the run has failed, with the last completed, one at a time, each with what it gave", () => {
    const failed = go(chain, bothDone, broke("c"));
    expect(failed.run).toMatchObject({ status: "compensating", error: { code: "broke", stepId: "c" } });
    expect(failed.start).toEqual([
      {
        stepId: "b",
        attempt: 1,
        compensates: true,
        kind: "mcp",
        delayMs: 0,
        deadlineMs: 50,
        input: { id: "B" },
        server: "shop",
        tool: "undo",
        idempotent: false,
      },
    ]);
    expect(failed.changed).toContainEqual({ stepId: "b", status: "completed", undo: "running" });
    const next = go(chain, failed, done("b!"));
    expect(next.start).toMatchObject([{ stepId: "a", compensates: true, input: { id: "A" } }]);
    const last = go(chain, next, done("a!"));
    expect(last.run).toMatchObject({ status: "compensated", progress: 1, error: { stepId: "c" } });
    expect(last.run.steps["a"]).toMatchObject({
      status: "completed",
      output: { id: "A" },
      undo: { status: "completed" },
    });
  });

  test("[W42] also after a cancel, and only when all in flight is answered: what completes late is undone first", () => {
    const both = define({
      steps: [
        { id: "a", kind: "task", compensate: undo() },
        { id: "b", kind: "task", compensate: undo() },
        { id: "c", kind: "task" },
      ],
    });
    const over = walk(both, done("b", { id: "B" }), cancel);
    expect(over.run.status).toBe("compensating");
    expect(over.start).toEqual([]);
    const late = go(both, over, done("a", { id: "A" }));
    expect(late.start).toEqual([]);
    const rest = go(both, late, broke("c"));
    expect(names(rest.start)).toEqual(["a!"]);
    expect(go(both, rest, done("a!"), done("b!")).run).toMatchObject({
      status: "compensated",
      error: { code: "cancelled" },
    });
  });

  test("[W42] with nothing to undo the run is plainly failed or cancelled", () => {
    expect(walk(chain, broke("a")).run.status).toBe("failed");
    expect(walk(chain, cancel, broke("a", "cancelled")).run.status).toBe("cancelled");
    expect(walk(chain, cancel).run.status).toBe("compensating");
    expect(go(chain, bothDone, done("c")).run.status).toBe("completed");
  });

  test("[W16][W42] each has its own attempts; an answer to another is stale", () => {
    const failed = go(chain, bothDone, broke("c"));
    const repeat = go(chain, failed, broke("b!"));
    expect(repeat.start).toMatchObject([{ stepId: "b", attempt: 2, delayMs: 5, compensates: true }]);
    for (const stale of [done("b!"), done("b"), done("b#2"), done("a!"), late("a!")]) {
      expect(advance(chain, repeat.run, stale).run).toBe(repeat.run);
    }
    expect(names(go(chain, repeat, done("b#2!")).start)).toEqual(["a!"]);
    for (const stale of [cancel, { kind: "paused" }] as const) {
      expect(advance(chain, repeat.run, stale).run).toBe(repeat.run);
    }
  });
});

describe("what cannot be undone", () => {
  test("[W43] is told, and stops no other", () => {
    const failed = go(chain, bothDone, broke("c"), broke("b!", "gone"), broke("b#2!", "gone"));
    expect(names(failed.start)).toEqual(["a!"]);
    const last = go(chain, failed, done("a!"));
    expect(last.run).toMatchObject({ status: "compensation_failed", error: { stepId: "c" } });
    expect(last.run.notUndone).toEqual([{ stepId: "b", error: { code: "gone", message: "It broke." } }]);
    expect(last.changed).toContainEqual({ stepId: "a", status: "completed", undo: "completed" });
  });

  test("[W24][W43] a call of unknown effect is not repeated, and a step of unknown effect is told", () => {
    const unsure = go(chain, bothDone, broke("c"), late("b!"));
    expect(names(unsure.start)).toEqual(["a!"]);
    expect(go(chain, unsure, done("a!")).run.notUndone).toMatchObject([{ stepId: "b", error: { code: "unknown" } }]);
    const step = define({
      steps: [{ id: "a", kind: "mcp", server: "s", tool: "t", compensate: undo() }],
    });
    expect(walk(step, broke("a", "unknown")).run).toMatchObject({
      status: "compensation_failed",
      notUndone: [{ stepId: "a", error: { code: "unknown" } }],
    });
  });

  test("[W13][W43] so is one whose references lead nowhere", () => {
    const last = go(chain, walk(chain, done("a", { id: 1 }), done("b", "no id")), broke("c"));
    expect(names(last.start)).toEqual(["a!"]);
    expect(go(chain, last, done("a!")).run.notUndone).toMatchObject([
      { stepId: "b", error: { code: "reference_missing" } },
    ]);
  });
});

describe("items", () => {
  const definition = define({
    inputs: { list: { type: "array" } },
    steps: [
      {
        id: "a",
        kind: "task",
        foreach: { in: "${inputs.list}", maxItems: 9, concurrency: 3, onItemFailure: "continue" },
        compensate: { kind: "task", with: ["${result}", "${item}", "${index}"] },
      },
      { id: "b", kind: "task", needs: ["a"] },
    ],
  });
  const inputs = { list: ["x", "y", "z"] };

  test("[W42] are undone from the last to the first, those that completed", () => {
    const failed = go(
      definition,
      begin(definition, inputs),
      done("a[2]", 2),
      broke("a[1]"),
      done("a[0]", 0),
      broke("b"),
    );
    expect(failed.start).toMatchObject([{ stepId: "a", item: 2, compensates: true, input: [2, "z", 2] }]);
    for (const stale of [done("a[0]!"), done("a!")])
      expect(advance(definition, failed.run, stale).run).toBe(failed.run);
    const next = go(definition, failed, done("a[2]!"));
    expect(next.start).toMatchObject([{ item: 0, attempt: 1, input: [0, "x", 0] }]);
    expect(go(definition, next, done("a[0]!")).run.status).toBe("compensated");
    const one = go(definition, failed, broke("a[2]!"), done("a[0]!"));
    expect(one.run.notUndone).toMatchObject([{ stepId: "a", item: 2 }]);
  });

  test("[W42] also those of a step that failed half-way", () => {
    const strict = define({
      inputs: { list: { type: "array" } },
      steps: [
        {
          id: "a",
          kind: "task",
          foreach: { in: "${inputs.list}", maxItems: 9 },
          compensate: { kind: "task", with: "${result}" },
        },
      ],
    });
    const failed = go(strict, begin(strict, inputs), done("a[0]", "X"), done("a[1]", "Y"), broke("a[2]"));
    expect(failed.start).toMatchObject([{ item: 1, compensates: true, input: "Y" }]);
    const last = go(strict, failed, done("a[1]!"), done("a[0]!"));
    expect(last.run).toMatchObject({ status: "compensated", error: { stepId: "a" } });
  });
});
