import { describe, expect, test } from "vitest";
import { advance, maxOutputDepth, retryDelay, startRun, WorkflowError } from "../src/index.ts";
import type { Advance, Definition, Json, Outcome, Run } from "../src/index.ts";
import { define } from "./definitions.ts";

const done = (stepId: string, output: Json = null, attempt = 1): Outcome => ({
  kind: "completed",
  stepId,
  attempt,
  output,
});
const broke = (stepId: string, attempt = 1, more: { retryable?: boolean; code?: string } = {}): Outcome => ({
  kind: "failed",
  stepId,
  attempt,
  error: { code: more.code ?? "tool_failed", message: "It broke." },
  ...(more.retryable === undefined ? {} : { retryable: more.retryable }),
});
const begin = (definition: Definition): Advance => startRun(definition, { runId: "r1", inputs: {} });
const walk = (definition: Definition, ...outcomes: readonly Outcome[]): Advance => {
  let current = begin(definition);
  for (const outcome of outcomes) current = advance(definition, current.run, outcome);
  return current;
};
const started = (advanced: Advance): readonly string[] =>
  advanced.start.map((each) => `${each.stepId}#${each.attempt}`);
const statuses = (run: Run): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(run.steps).map(([id, step]) => [id, step.status]));

// a and b start together; c needs both; d needs c.
const diamond = define({
  steps: [
    { id: "d", kind: "task", needs: ["c"] },
    { id: "a", kind: "task", name: "First" },
    { id: "b", kind: "model", prompt: "hello" },
    { id: "c", kind: "task", needs: ["a", "b"] },
  ],
  outputs: { last: "${steps.d.output}", nowhere: "${steps.a.output.x.y}" },
});

describe("start", () => {
  test("[W14] steps without needs start together, in the order of the definition", () => {
    const first = begin(diamond);
    expect(first.start).toEqual([
      { stepId: "a", attempt: 1, kind: "task", delayMs: 0, input: {}, name: "First" },
      { stepId: "b", attempt: 1, kind: "model", delayMs: 0, input: {}, prompt: "hello" },
    ]);
    expect(first.changed).toEqual([
      { stepId: "a", status: "running" },
      { stepId: "b", status: "running" },
    ]);
    expect(first.run).toMatchObject({ runId: "r1", workflowId: "flow", version: 1, status: "running", progress: 0 });
  });

  test("[W14][W22][W23] a step waits for all its needs; the run completes with its outputs when the last ends", () => {
    expect(started(walk(diamond, done("a", { x: {} })))).toEqual([]);
    const third = walk(diamond, done("b"), done("a", { x: {} }));
    expect(started(third)).toEqual(["c#1"]);
    expect(third.run.progress).toBe(0.5);
    expect(third.changed).toEqual([
      { stepId: "a", status: "completed" },
      { stepId: "c", status: "running" },
    ]);
    const last = walk(diamond, done("b"), done("a", { x: {} }), done("c"), done("d", ["end"]));
    expect(last.run).toMatchObject({ status: "completed", progress: 1, outputs: { last: ["end"], nowhere: null } });
    expect("outputs" in third.run).toBe(false);
  });

  test("[W26] the start of a wait step carries its duration as delay, and the backoff of a repeat is added", () => {
    const definition = define({
      steps: [{ id: "pause", kind: "wait", durationMs: 5000, retry: { maxAttempts: 2, backoffMs: 70 } }],
    });
    expect(begin(definition).start).toMatchObject([{ kind: "wait", delayMs: 5000 }]);
    expect(walk(definition, broke("pause")).start).toMatchObject([{ attempt: 2, delayMs: 5070 }]);
  });
});

describe("stale outcomes", () => {
  test("[W15] an outcome that is not awaited returns the same run and starts nothing", () => {
    const { run } = walk(diamond, done("a"));
    for (const outcome of [
      done("a"),
      broke("a"),
      done("b", null, 2),
      done("b", null, 0),
      done("c"),
      broke("d"),
      done("nobody"),
      done("constructor"),
    ]) {
      const next = advance(diamond, run, outcome);
      expect(next.run).toBe(run);
      expect(next).toEqual({ run, start: [], stop: [], changed: [] });
    }
  });

  test("[W15][W20] a cancel after the end changes nothing", () => {
    const { run } = walk(diamond, done("a"), done("b"), done("c"), done("d"));
    expect(advance(diamond, run, { kind: "cancelled", reason: "late" }).run).toBe(run);
    const cancelled = walk(diamond, { kind: "cancelled", reason: "first" }).run;
    expect(advance(diamond, cancelled, { kind: "cancelled", reason: "second" }).run).toBe(cancelled);
  });

  test("[W27] a run of another definition or version is refused loudly", () => {
    const { run } = begin(diamond);
    const newer: Definition = { ...diamond, version: 2 };
    expect(() => advance(newer, run, done("a"))).toThrow(WorkflowError);
    expect(() => advance({ ...diamond, id: "other" }, run, done("a"))).toThrow(/belongs to flow version 1/);
    try {
      advance(newer, run, done("a"));
    } catch (error) {
      expect(error).toMatchObject({ code: "definition_mismatch" });
    }
  });
});

describe("retry", () => {
  const definition = define({
    steps: [
      { id: "a", kind: "task", with: { k: [1] }, retry: { maxAttempts: 4, backoffMs: 100, maxBackoffMs: 300 } },
      { id: "b", kind: "task", needs: ["a"] },
    ],
  });

  test("[W16] a failed attempt is repeated with exponential backoff up to its limit, then the run fails", () => {
    const second = walk(definition, broke("a"));
    expect(second.start).toEqual([{ stepId: "a", attempt: 2, kind: "task", delayMs: 100, input: { k: [1] } }]);
    expect(second.changed).toEqual([{ stepId: "a", status: "waiting_retry" }]);
    expect(second.run.steps["a"]).toEqual({
      status: "waiting_retry",
      attempt: 2,
      error: { code: "tool_failed", message: "It broke." },
    });
    expect(walk(definition, broke("a"), broke("a", 2)).start).toMatchObject([{ attempt: 3, delayMs: 200 }]);
    expect(walk(definition, broke("a"), broke("a", 2), broke("a", 3)).start).toMatchObject([
      { attempt: 4, delayMs: 300 },
    ]);
    const last = walk(definition, broke("a"), broke("a", 2), broke("a", 3), broke("a", 4));
    expect(last.start).toEqual([]);
    expect(last.run).toMatchObject({ status: "failed", error: { code: "tool_failed", stepId: "a" } });
  });

  test("[W16] an attempt that succeeds after others failed completes the step and forgets the error", () => {
    const next = walk(definition, broke("a"), done("a", 5, 2));
    expect(next.run.steps["a"]).toEqual({ status: "completed", attempt: 2, output: 5 });
    expect(started(next)).toEqual(["b#1"]);
  });

  test("[W15][W16] the outcome of an attempt that was given up for another is stale", () => {
    const { run } = walk(definition, broke("a"));
    expect(advance(definition, run, done("a", 1, 1)).run).toBe(run);
    expect(advance(definition, run, broke("a", 1)).run).toBe(run);
  });

  test("[W16] an outcome that cannot be helped by another attempt is not repeated", () => {
    expect(walk(definition, broke("a", 1, { retryable: false })).run.status).toBe("failed");
    expect(walk(definition, broke("a", 1, { retryable: true })).run.status).toBe("running");
  });

  test("[W16] delays grow by the factor, are capped, and stay finite for the largest policy", () => {
    const policy = { maxAttempts: 20, backoffMs: 1000, factor: 2, maxBackoffMs: 60_000 };
    expect([1, 2, 3, 6, 7, 19].map((attempt) => retryDelay(policy, attempt))).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000,
    ]);
    expect(retryDelay({ ...policy, backoffMs: 86_400_000, factor: 10, maxBackoffMs: 86_400_000 }, 19)).toBe(86_400_000);
    expect(retryDelay({ ...policy, backoffMs: 0 }, 19)).toBe(0);
    expect(retryDelay({ ...policy, factor: 1.5 }, 2)).toBe(1500);
  });

  test("[W24] an mcp step of unknown effect is repeated only when it is idempotent", () => {
    const call = (idempotent: boolean): Definition =>
      define({ steps: [{ id: "a", kind: "mcp", server: "s", tool: "t", idempotent, retry: {} }] });
    const unknown = broke("a", 1, { code: "unknown", retryable: true });
    expect(walk(call(false), unknown).run).toMatchObject({ status: "failed", error: { code: "unknown" } });
    expect(walk(call(true), unknown).start).toMatchObject([{ attempt: 2, idempotent: true }]);
    expect(walk(call(false), broke("a")).start).toMatchObject([{ attempt: 2 }]);
  });
});

describe("failure", () => {
  // a fails; b is in flight beside it; c needs b; d needs a.
  const definition = define({
    steps: [
      { id: "a", kind: "task" },
      { id: "b", kind: "task", retry: { maxAttempts: 3 } },
      { id: "c", kind: "task", needs: ["b"] },
      { id: "d", kind: "task", needs: ["a"] },
    ],
  });

  test("[W17] a failure ends the run at once and skips what was not started", () => {
    const failed = walk(definition, broke("a"));
    expect(failed.start).toEqual([]);
    expect(failed.run).toMatchObject({ status: "failed", progress: 0.75 });
    expect(failed.run.error).toEqual({ code: "tool_failed", message: "It broke.", stepId: "a" });
    expect(statuses(failed.run)).toEqual({ a: "failed", b: "running", c: "skipped", d: "skipped" });
    expect("output" in (failed.run.steps["a"] ?? {})).toBe(false);
  });

  test("[W19][W22] what siblings in flight report later is recorded without starting more", () => {
    const completed = walk(definition, broke("a"), done("b", 7));
    expect(completed.start).toEqual([]);
    expect(completed.run).toMatchObject({ status: "failed", progress: 1, steps: { b: { output: 7 } } });
    const failed = walk(definition, broke("a"), broke("b"));
    expect(failed.start).toEqual([]);
    expect(failed.run).toMatchObject({ status: "failed", error: { stepId: "a" }, steps: { b: { status: "failed" } } });
    const repeated = walk(definition, broke("b"), broke("a"), done("b", 7, 2));
    expect(repeated.run.steps["b"]).toMatchObject({ status: "completed", attempt: 2 });
  });

  test("[W18] a step with onFailure continue has the output null and the run completes", () => {
    const lenient = define({
      steps: [
        { id: "a", kind: "task", onFailure: "continue", retry: { maxAttempts: 2 } },
        { id: "b", kind: "task", needs: ["a"], with: { got: "${steps.a.output.x}" } },
      ],
      outputs: { a: "${steps.a.output}" },
    });
    expect(started(walk(lenient, broke("a")))).toEqual(["a#2"]);
    const failed = walk(lenient, broke("a"), broke("a", 2));
    expect(failed.start).toMatchObject([{ stepId: "b", input: { got: null } }]);
    expect(failed.run.steps["a"]).toMatchObject({ status: "failed", output: null, error: { code: "tool_failed" } });
    const last = walk(lenient, broke("a"), broke("a", 2), done("b"));
    expect(last.run).toMatchObject({ status: "completed", progress: 1, outputs: { a: null } });
    expect("error" in last.run).toBe(false);
  });

  test("[W19][W20] a cancel skips what was not started and keeps recording what is in flight", () => {
    const cancelled = walk(definition, done("a"), { kind: "cancelled", reason: "The person changed their mind." });
    expect(cancelled.start).toEqual([]);
    expect(cancelled.run).toMatchObject({
      status: "cancelled",
      error: { code: "cancelled", message: "The person changed their mind." },
    });
    expect(statuses(cancelled.run)).toEqual({ a: "completed", b: "running", c: "skipped", d: "running" });
    const later = advance(definition, cancelled.run, broke("b"));
    expect(later.start).toEqual([]);
    expect(later.run).toMatchObject({ status: "cancelled", steps: { b: { status: "failed" } } });
    const last = advance(definition, later.run, done("d", 1));
    expect(last.run).toMatchObject({ status: "cancelled", progress: 1, steps: { d: { output: 1 } } });
    expect("outputs" in last.run).toBe(false);
  });

  test("[W25] an output that nests too deep fails the attempt, and long messages are cut", () => {
    const nest = (levels: number): Json => JSON.parse("[".repeat(levels) + "]".repeat(levels)) as Json;
    expect(walk(definition, done("b", nest(maxOutputDepth))).run.steps["b"]?.status).toBe("completed");
    const failed = walk(definition, done("b", nest(maxOutputDepth + 1)));
    expect(failed.run).toMatchObject({ status: "failed", error: { code: "output_too_deep", stepId: "b" } });
    expect(walk(definition, done("b", nest(5000))).run.status).toBe("failed");
    const long = { kind: "failed", stepId: "a", attempt: 1, error: { code: "x", message: "m".repeat(9000) } } as const;
    expect(walk(definition, long).run.error?.message).toHaveLength(2000);
  });
});
