import { describe, expect, test } from "vitest";
import { advance } from "../src/index.ts";
import type { Advance, Json } from "../src/index.ts";
import { define, problemsOf } from "./definitions.ts";
import { begin, broke, cancel, done, go, late, names, statuses } from "./walks.ts";

const each = (foreach: { readonly [key: string]: Json }, more: { readonly [key: string]: Json } = {}) =>
  define({
    inputs: { list: { type: "array" } },
    steps: [
      {
        id: "a",
        kind: "task",
        foreach: { in: "${inputs.list}", maxItems: 4, ...foreach },
        with: { v: "${item.k}", i: "${index}" },
        ...more,
      },
      { id: "b", kind: "task", needs: ["a"], with: "${steps.a.output}" },
    ],
  });
const list: Json = [{ k: "x" }, { k: "y" }, { k: "z" }];
const open = (definition: ReturnType<typeof each>): Advance => begin(definition, { list });

describe("items", () => {
  const definition = each({ concurrency: 2 }, { retry: { maxAttempts: 2, backoffMs: 9 }, stepTimeoutMs: 70 });

  test("[W37] start in order, up to the concurrency, each with its item and index", () => {
    const { start, run } = open(definition);
    expect(start).toEqual([
      { stepId: "a", attempt: 1, item: 0, kind: "task", delayMs: 0, stepDeadlineMs: 70, input: { v: "x", i: 0 } },
      { stepId: "a", attempt: 1, item: 1, kind: "task", delayMs: 0, input: { v: "y", i: 1 } },
    ]);
    expect(run.steps["a"]).toMatchObject({ status: "running", attempt: 1, itemCount: 3 });
  });

  test("[W22][W37] the output is the list of theirs in the order of the items, whatever the order of coming", () => {
    const second = go(definition, open(definition), done("a[1]", "Y"));
    expect(names(second.start)).toEqual(["a[2]"]);
    expect(second.run.progress).toBeCloseTo(1 / 6);
    const last = go(definition, second, done("a[2]", "Z"), done("a[0]", "X"));
    expect(last.run.steps["a"]).toEqual({
      status: "completed",
      attempt: 1,
      output: ["X", "Y", "Z"],
      itemCount: 3,
      items: [1, 2, 3].map(() => ({ status: "completed", attempt: 1 })),
    });
    expect(last.start).toMatchObject([{ stepId: "b", input: ["X", "Y", "Z"] }]);
  });

  test("[W16][W37] each has attempts of its own, and a repeat keeps its place", () => {
    const repeat = go(definition, open(definition), broke("a[0]"));
    expect(repeat.start).toMatchObject([{ item: 0, attempt: 2, delayMs: 9, input: { v: "x", i: 0 } }]);
    expect(repeat.run.steps["a"]?.items?.[0]?.status).toBe("waiting_retry");
    const next = go(definition, repeat, done("a[1]"));
    expect(names(next.start)).toEqual(["a[2]"]);
    for (const stale of [done("a[0]"), done("a[1]"), done("a[3]"), done("a")]) {
      expect(advance(definition, next.run, stale).run).toBe(next.run);
    }
  });

  test("[W37] null is an empty list, which is done at once; too many items and what is no list fail the step", () => {
    expect(begin(definition, {}).start).toMatchObject([{ stepId: "b", input: [] }]);
    expect(begin(definition, { list: [] }).run.steps["a"]).toMatchObject({
      status: "completed",
      output: [],
      items: [],
    });
    const many = begin(definition, { list: [1, 2, 3, 4, 5] });
    expect(many.start).toEqual([]);
    expect(many.run.error).toEqual({
      code: "too_many_items",
      message: "${inputs.list} has 5 items; 4 are allowed.",
      stepId: "a",
    });
    expect(begin(definition, { list: "abc" }).run.error?.code).toBe("not_a_list");
  });

  test("[W37][W40] maxItems is 1 to 1,000 and concurrency 1 to 100", () => {
    const at = (foreach: { readonly [key: string]: Json }): unknown =>
      problemsOf({
        inputs: { list: { type: "array" } },
        steps: [{ id: "a", kind: "task", foreach: { in: "${inputs.list}", ...foreach } }],
      })[0]?.path;
    expect(at({ maxItems: 1001 })).toBe("/steps/0/foreach/maxItems");
    expect(at({ maxItems: 0 })).toBe("/steps/0/foreach/maxItems");
    expect(at({ maxItems: 9, concurrency: 101 })).toBe("/steps/0/foreach/concurrency");
  });
});

describe("an item that fails for good", () => {
  test("[W38] fails the step with its place; no further item starts, and what is in flight is told to stop", () => {
    const definition = each({ concurrency: 2 });
    const failed = go(definition, open(definition), broke("a[1]", "bad"));
    expect(failed.start).toEqual([]);
    expect(names(failed.stop)).toEqual(["a[0]"]);
    expect(failed.run.status).toBe("running");
    const last = go(definition, failed, done("a[0]", 1));
    expect(last.run.error).toEqual({ code: "bad", message: "Item 2 of 3: It broke.", stepId: "a" });
    expect(last.run.steps["a"]?.items).toMatchObject([{ output: 1 }, { status: "failed" }]);
    expect(statuses(last.run)).toEqual({ a: "failed", b: "skipped" });
  });

  test("[W38] with continue its place is null and the others go on", () => {
    const definition = each({ onItemFailure: "continue" });
    const last = go(definition, open(definition), done("a[0]", 1), broke("a[1]"), done("a[2]", 3));
    expect(last.start).toMatchObject([{ stepId: "b", input: [1, null, 3] }]);
    expect(last.run.steps["a"]?.items?.[1]).toMatchObject({ status: "failed", error: { code: "broke" } });
  });

  test("[W13][W38] an item whose references lead nowhere is one", () => {
    const lenient = each({ onItemFailure: "continue", concurrency: 3 });
    const begun = begin(lenient, { list: [{ k: 1 }, "no object", { k: 3 }] });
    expect(names(begun.start)).toEqual(["a[0]", "a[2]"]);
    const last = go(lenient, begun, done("a[0]", 1), done("a[2]", 3));
    expect(last.run.steps["a"]).toMatchObject({ status: "completed", output: [1, null, 3] });
    const strict = begin(each({ concurrency: 3 }), { list: [{ k: 1 }, "no object", { k: 3 }] });
    expect(strict.start).toEqual([]);
    expect(strict.run.error).toMatchObject({ code: "reference_missing", stepId: "a" });
    const twoBad = begin(each({ concurrency: 3 }), { list: ["bad", "bad"] });
    expect(twoBad.run.steps["a"]?.items).toMatchObject([{ status: "failed" }]);
    const allBad = begin(lenient, { list: [1, 2, 3] });
    expect(allBad.start).toMatchObject([{ stepId: "b", input: [null, null, null] }]);
  });

  test("[W18][W38] the step's own onFailure says whether the run goes past it", () => {
    const definition = each({}, { onFailure: "continue" });
    expect(go(definition, open(definition), broke("a[0]")).start).toMatchObject([{ stepId: "b", input: null }]);
  });
});

describe("the end of a step with items", () => {
  test("[W32] its time limit ends all that is in flight", () => {
    const definition = each({ concurrency: 2, onItemFailure: "continue" }, { stepTimeoutMs: 5, onFailure: "continue" });
    const ended = go(definition, open(definition), done("a[0]", 1), late("a[1]", "step"));
    expect(names(ended.stop)).toEqual(["a[1]", "a[2]"]);
    expect(ended.run.steps["a"]).toMatchObject({
      status: "failed",
      error: { code: "timed_out", message: "The step took longer than 5 ms." },
      items: [{ output: 1 }, { error: { code: "timed_out" } }, { error: { code: "timed_out" } }],
    });
    expect(ended.start).toMatchObject([{ stepId: "b", input: null }]);
  });

  test("[W19][W41] after a cancel what is in flight is recorded, the rest never starts", () => {
    const definition = each({ concurrency: 2 });
    const over = go(definition, open(definition), done("a[0]", 1), cancel);
    expect(names(over.stop)).toEqual(["a[1]", "a[2]"]);
    const one = go(definition, over, done("a[2]", 3));
    expect([one.start, one.run.steps["a"]?.status]).toEqual([[], "running"]);
    const all = go(definition, one, broke("a[1]", "cancelled"));
    expect(all.run.steps["a"]).toMatchObject({ status: "failed", error: { code: "cancelled" } });
    // All items done is done, whatever became of the run.
    const whole = go(definition, one, done("a[1]", 2));
    expect(whole.run).toMatchObject({ status: "cancelled", steps: { a: { status: "completed", output: [1, 2, 3] } } });
  });
});
