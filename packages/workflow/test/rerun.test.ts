import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advance, inFlight, isOver, rerun } from "../src/index.ts";
import type { Advance, Definition, Outcome, RerunOptions, Run } from "../src/index.ts";
import { definitions } from "./any-definition.ts";
import { define } from "./definitions.ts";
import { live, moves, refOf } from "./host.ts";
import { begin, broke, cancel, done, go, late, names, statuses, walk } from "./walks.ts";

const definition = define({
  inputs: { topic: { type: "string" } },
  steps: [
    { id: "a", kind: "task", with: "${inputs.topic}" },
    {
      id: "b",
      kind: "model",
      prompt: "B ${steps.a.output}",
      needs: ["a"],
      with: { k: 1 },
      retry: { maxAttempts: 2, backoffMs: 5 },
    },
    { id: "c", kind: "task", needs: ["b"] },
    { id: "side", kind: "task" },
  ],
});
const again = (of: Definition, run: Run, options: RerunOptions): Advance => {
  const result = rerun(of, run, options);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
};
const failed = go(
  definition,
  begin(definition, { topic: "T" }),
  done("side", 0),
  done("a", "A"),
  broke("b"),
  broke("b#2"),
);

describe("a re-run", () => {
  test("[W44] does the step and what needs it again; what completed before keeps its output", () => {
    expect(statuses(failed.run)).toEqual({ a: "completed", b: "failed", c: "skipped", side: "completed" });
    const anew = again(definition, failed.run, { from: "b" });
    expect(anew.start).toEqual([
      { stepId: "b", attempt: 3, kind: "model", delayMs: 0, input: { k: 1 }, prompt: "B A" },
    ]);
    expect(anew.run).toMatchObject({
      runId: "r1",
      status: "running",
      steps: { a: { output: "A" }, c: { status: "pending" } },
    });
    expect("error" in anew.run).toBe(false);
    expect(go(definition, anew, done("b#3", 1), done("c", 2)).run.status).toBe("completed");
    const first = again(definition, failed.run, { from: "a" });
    expect([names(first.start), statuses(first.run)]).toEqual([
      ["a#2"],
      { a: "running", b: "pending", c: "pending", side: "completed" },
    ]);
  });

  test("[W45] counts attempts on: answers to earlier starts are stale, retries and delays begin anew", () => {
    const anew = again(definition, failed.run, { from: "b" });
    for (const stale of [done("b"), done("b#2"), broke("b#2"), late("b#2", "step"), done("a")]) {
      expect(advance(definition, anew.run, stale).run).toBe(anew.run);
    }
    const repeat = go(definition, anew, broke("b#3"));
    expect(repeat.start).toMatchObject([{ attempt: 4, delayMs: 5 }]);
    expect(go(definition, repeat, broke("b#4")).run.status).toBe("failed");
  });

  test("[W44] takes other inputs, or another input of the step, literally", () => {
    const edited = again(definition, failed.run, { from: "a", inputs: { topic: "U" } });
    expect(edited.start).toMatchObject([{ stepId: "a", input: "U" }]);
    const given = again(definition, failed.run, {
      from: "b",
      override: { input: "${steps.a.output}", prompt: "Say ${x}" },
    });
    expect(given.start).toMatchObject([{ input: "${steps.a.output}", prompt: "Say ${x}" }]);
    expect(go(definition, given, broke("b#3")).start).toMatchObject([{ attempt: 4, prompt: "Say ${x}" }]);
  });

  test("[W41][W44] of a run that goes on stops what it does anew, and leaves the rest in flight", () => {
    const begun = go(definition, begin(definition, { topic: "T" }), done("a", "A"));
    const anew = again(definition, begun.run, { from: "a" });
    expect([names(anew.stop), names(anew.start)]).toEqual([["b"], ["a#2"]]);
    expect(statuses(anew.run)).toEqual({ a: "running", b: "pending", c: "pending", side: "running" });
    const beside = again(definition, begun.run, { from: "c", runId: "r2" });
    expect([beside.run.runId, names(beside.stop), names(beside.start)]).toEqual(["r2", [], ["b#2", "side#2"]]);
  });

  test("[W44] does again what was cancelled, left out or undone, and leaves what was skipped by its condition", () => {
    const undone = define({
      inputs: { no: { type: "boolean" } },
      steps: [
        { id: "a", kind: "task", compensate: { kind: "task" } },
        { id: "b", kind: "task", needs: ["a"] },
        { id: "c", kind: "task", needs: ["b"] },
        { id: "w", kind: "wait", durationMs: 1, onFailure: "continue" },
        { id: "n", kind: "task", when: "inputs.no" },
      ],
    });
    const over = walk(undone, done("a"), done("b"), broke("c"), done("a!"));
    expect(over.run.status).toBe("compensated");
    const anew = again(undone, over.run, { from: "c" });
    expect(names(anew.start)).toEqual(["a#2", "w#2"]);
    expect(anew.run.steps["n"]?.reason).toBe("when");
    const cancelled = walk(undone, cancel, broke("a"));
    expect(names(again(undone, cancelled.run, { from: "c" }).start)).toEqual(["a#2", "w#2"]);
  });

  test("[W45] counts on from the attempts of undoing too", () => {
    const undone = define({
      steps: [
        { id: "a", kind: "task", compensate: { kind: "task", retry: {} } },
        { id: "b", kind: "task", needs: ["a"] },
      ],
    });
    const over = walk(undone, done("a"), broke("b"), broke("a!"), done("a#2!"));
    expect(over.run.status).toBe("compensated");
    const anew = again(undone, over.run, { from: "b" });
    expect(names(anew.start)).toEqual(["a#3"]);
    const failing = go(undone, anew, done("a#3"), broke("b#2"));
    expect(names(failing.start)).toEqual(["a#3!"]);
    expect(advance(undone, failing.run, done("a#2!")).run).toBe(failing.run);
  });

  test("[W45] is refused while the run is being undone, and from what is no step", () => {
    const undone = define({
      steps: [
        { id: "a", kind: "task", compensate: { kind: "task" } },
        { id: "b", kind: "task", needs: ["a"] },
      ],
    });
    expect(rerun(undone, walk(undone, done("a"), broke("b")).run, { from: "b" })).toMatchObject({
      ok: false,
      problems: [{ code: "not_now" }],
    });
    expect(rerun(definition, failed.run, { from: "bb" })).toMatchObject({
      ok: false,
      problems: [{ code: "unknown_step", hint: 'Did you mean "b"?' }],
    });
  });

  test("[W21][W44][W45] of any run at any moment ends, and hears no answer of before", () => {
    fc.assert(
      fc.property(definitions, moves, fc.nat(), fc.nat(), (any, plan, when, which) => {
        const { first, advances } = live(any, plan);
        const all = [first, ...advances];
        const { run } = all[when % all.length] ?? first;
        const from = any.steps[which % any.steps.length]?.id ?? "";
        const before = inFlight(run);
        const result = rerun(any, run, { from });
        expect(result.ok).toBe(run.status !== "compensating");
        if (!result.ok) return;
        const anew = result.value;
        const stopped: readonly Outcome[] = anew.stop.map((ref) => ({ ...ref, kind: "completed", output: "stale" }));
        for (const stale of stopped) expect(advance(any, anew.run, stale).run).toBe(anew.run);
        // Each start is either one that was in flight, or has a new attempt.
        const old = new Set(before.map((ref) => JSON.stringify(refOf(ref))));
        expect(anew.start.filter((ref) => old.has(JSON.stringify(refOf(ref))))).toEqual([]);
        let current = anew.run;
        for (let left = 400; left > 0 && !isOver(current); left -= 1) {
          const [ref] = inFlight(current);
          if (ref === undefined) throw new Error(`stuck: ${JSON.stringify(current)}`);
          const error = { code: "enough", message: "m" };
          current = advance(any, current, { ...ref, kind: "failed", error, retryable: false }).run;
        }
        expect(isOver(current)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
