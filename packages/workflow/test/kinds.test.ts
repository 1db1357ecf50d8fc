import { describe, expect, test } from "vitest";
import { advance, maxSignals } from "../src/index.ts";
import type { Json, Outcome } from "../src/index.ts";
import { define, problemsOf } from "./definitions.ts";
import { begin, broke, cancel, done, go, late, names, ref, statuses, walk } from "./walks.ts";

const codes = (...steps: readonly Json[]): readonly string[] =>
  problemsOf({ steps: [...steps] }).map(({ code, path }) => `${code} ${path}`);

describe("checked", () => {
  test("[W4] workflow, wait and approve have keys of their own, and so has what undoes", () => {
    expect(codes({ id: "a", kind: "workflow" })).toEqual(["missing_for_kind /steps/0"]);
    expect(codes({ id: "a", kind: "workflow", workflow: "b", with: [1] })).toEqual(["wrong_type /steps/0/with"]);
    expect(codes({ id: "a", kind: "wait" })).toEqual(["missing_for_kind /steps/0"]);
    expect(codes({ id: "a", kind: "wait", durationMs: 1, signal: "x" })).toEqual(["not_for_kind /steps/0"]);
    expect(codes({ id: "a", kind: "approve" })).toEqual(["missing_for_kind /steps/0"]);
    expect(codes({ id: "a", kind: "task", message: "x" })).toEqual(["not_for_kind /steps/0/message"]);
    expect(codes({ id: "a", kind: "wait", signal: "x", onTimeout: "continue" })).toEqual([
      "missing_for_kind /steps/0/onTimeout",
    ]);
    expect(codes({ id: "a", kind: "approve", message: "?", timeoutMs: 1, onTimeout: "continue" })).toEqual([
      "wrong_value /steps/0/onTimeout",
    ]);
    expect(codes({ id: "a", kind: "wait", durationMs: 1, compensate: { kind: "task" } })).toEqual([
      "not_for_kind /steps/0/compensate",
    ]);
    expect(codes({ id: "a", kind: "task", compensate: { kind: "mcp", server: "s", prompt: "p" } })).toEqual([
      "missing_for_kind /steps/0/compensate",
      "not_for_kind /steps/0/compensate/prompt",
    ]);
    expect(codes({ id: "a", kind: "task", compensate: { kind: "wait" } })).toEqual([
      "wrong_value /steps/0/compensate/kind",
    ]);
  });

  test("[W8][W9] item, index and result mean something only where they belong", () => {
    const inputs = { list: { type: "array" } };
    const foreach = { in: "${inputs.list}", maxItems: 3 };
    expect(codes({ id: "a", kind: "task", with: "${item}" })).toEqual(["bad_reference /steps/0/with"]);
    expect(codes({ id: "a", kind: "task", with: "${result}" })).toEqual(["bad_reference /steps/0/with"]);
    expect(problemsOf({ inputs, steps: [{ id: "a", kind: "task", foreach, with: "${index.x}" }] })).toHaveLength(1);
    expect(
      problemsOf({ inputs, steps: [{ id: "a", kind: "task", foreach: { ...foreach, in: "x ${inputs.list}" } }] }),
    ).toMatchObject([{ code: "bad_reference", path: "/steps/0/foreach/in" }]);
    expect(problemsOf({ steps: [{ id: "a", kind: "task", foreach: { in: "${item}", maxItems: 3 } }] })).toHaveLength(1);
    expect(problemsOf({ inputs, steps: [{ id: "a", kind: "task", foreach: { in: "${inputs.list}" } }] })).toMatchObject(
      [{ code: "missing_key", message: '/steps/0/foreach has no "maxItems".' }],
    );
    const fits = {
      id: "a",
      kind: "task",
      foreach,
      with: ["${item.k}", "${index}"],
      compensate: { kind: "task", with: "${result.id} ${item}" },
    };
    expect(define({ inputs, steps: [fits] }).steps).toHaveLength(1);
  });

  test("[W9] the status and the error of a step can be taken", () => {
    const definition = define({
      steps: [
        { id: "a", kind: "task", onFailure: "continue" },
        {
          id: "b",
          kind: "task",
          needs: ["a"],
          with: ["${steps.a.status}", "${steps.a.error.code}", "${steps.a.output}"],
        },
      ],
    });
    expect(walk(definition, broke("a")).start[0]?.input).toEqual(["failed", "broke", null]);
    expect(walk(definition, done("a", 1)).start[0]?.input).toEqual(["completed", null, 1]);
    expect(walk(definition, done("a", 1)).run.steps["a"]?.output).toBe(1);
  });
});

describe("wait", () => {
  const waitUntil = (until: string, inputs: Readonly<Record<string, Json>> = {}) =>
    begin(
      define({ inputs: { at: { type: "string" }, ms: { type: "number" } }, steps: [{ id: "a", kind: "wait", until }] }),
      inputs,
    );

  test("[W26] a moment is text with its zone, or milliseconds; it stands in the start", () => {
    expect(waitUntil("2026-12-24T18:00:00Z").start).toMatchObject([
      { delayMs: 0, untilMs: Date.UTC(2026, 11, 24, 18) },
    ]);
    expect(waitUntil("2026-12-24T18:00+01:00").start).toMatchObject([{ untilMs: Date.UTC(2026, 11, 24, 17) }]);
    expect(waitUntil("${inputs.at}", { at: "2024-02-29T00:00:00.5Z" }).start).toMatchObject([
      { untilMs: Date.UTC(2024, 1, 29, 0, 0, 0, 500) },
    ]);
    expect(waitUntil("${inputs.ms}", { ms: 5 }).start).toMatchObject([{ untilMs: 5 }]);
    expect(waitUntil("${inputs.ms}", { ms: 5 }).run.steps["a"]).toEqual({ status: "waiting", attempt: 1 });
  });

  test("[W26] what is no moment is refused where it is written, and fails the step where a reference gave it", () => {
    for (const until of [
      "tomorrow",
      "2026-12-24",
      "2026-12-24T18:00:00",
      "2026-02-31T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-12-24T25:00Z",
    ]) {
      expect(codes({ id: "a", kind: "wait", until })).toEqual(["wrong_value /steps/0/until"]);
      expect(waitUntil("${inputs.at}", { at: until }).run.error).toMatchObject({ code: "wrong_moment", stepId: "a" });
    }
    expect(waitUntil("${inputs.ms}", { ms: 0.5 }).run.status).toBe("failed");
    expect(waitUntil("${inputs.at}").run.error?.code).toBe("wrong_moment");
  });

  const signal = (name: string, value: Json = 1): Outcome => ({ kind: "signalled", signal: name, value });
  const waiting = define({
    inputs: { id: { type: "string", default: "7" } },
    steps: [
      { id: "a", kind: "wait", signal: "paid_${inputs.id}", timeoutMs: 50, onTimeout: "continue" },
      { id: "b", kind: "wait", signal: "paid_7", timeoutMs: 60, needs: ["a"] },
      { id: "c", kind: "task", needs: ["b"] },
    ],
  });
  const begun = begin(waiting, { id: "7" });

  test("[W34] a signal completes every step that waits for it, now or later, and is taken once", () => {
    expect(begun.start).toMatchObject([{ stepId: "a", signal: "paid_7", deadlineMs: 50 }]);
    const come = go(waiting, begun, signal("paid_7", { by: "card" }));
    const output = { received: true, value: { by: "card" } };
    expect(come.run.steps).toMatchObject({ a: { status: "completed", output }, b: { status: "completed", output } });
    expect(names(come.start)).toEqual(["c"]);
    expect(names(come.stop)).toEqual(["a"]);
    expect(advance(waiting, come.run, signal("paid_7", "again")).run).toBe(come.run);
    const early = go(waiting, begun, signal("other"), done("a"));
    expect(early.run.steps["a"]?.status).toBe("waiting");
    expect(early.run.signals).toEqual({ other: 1 });
  });

  test("[W34] nothing else completes it; its timeout fails it, or completes it as not received", () => {
    expect(advance(waiting, begun.run, done("a", "forged")).run).toBe(begun.run);
    const second = go(waiting, begun, late("a"));
    expect(second.run.steps["a"]?.output).toEqual({ received: false, value: null });
    expect(names(second.start)).toEqual(["b"]);
    expect(go(waiting, second, late("b")).run).toMatchObject({
      status: "failed",
      error: { code: "timed_out", stepId: "b" },
    });
  });

  test("[W34] no more than 1,000 signals of 200 characters are kept, and none where no step waits for one", () => {
    const refused = [
      signal(""),
      signal("x".repeat(201)),
      signal("deep", JSON.parse("[".repeat(100) + "]".repeat(100)) as Json),
    ];
    for (const outcome of refused) expect(advance(waiting, begun.run, outcome).run).toBe(begun.run);
    const all = Array.from({ length: maxSignals }, (_, index) => signal(`s${index}`));
    const full = go(waiting, begun, ...all);
    expect(Object.keys(full.run.signals ?? {})).toHaveLength(maxSignals);
    expect(advance(waiting, full.run, signal("paid_7")).run).toBe(full.run);
    const deaf = begin(define({ steps: [{ id: "a", kind: "wait", durationMs: 1 }] }));
    expect(advance(define({ steps: [{ id: "a", kind: "wait", durationMs: 1 }] }), deaf.run, signal("x")).run).toBe(
      deaf.run,
    );
    const odd = go(waiting, begun, signal("__proto__"), signal("constructor"));
    expect(JSON.parse(JSON.stringify(odd.run))).toEqual(odd.run);
    expect(Object.keys(odd.run.signals ?? {})).toEqual(["__proto__", "constructor"]);
  });

  test("[W34] a name that cannot be one fails the step", () => {
    const definition = define({
      inputs: { id: { type: "string" } },
      steps: [{ id: "a", kind: "wait", signal: "${inputs.id}" }],
    });
    expect(begin(definition, { id: "" }).run.error?.code).toBe("wrong_signal");
    expect(begin(definition, { id: "x".repeat(201) }).run.error?.code).toBe("wrong_signal");
  });
});

describe("approve", () => {
  const asking = (more: { readonly [key: string]: Json } = {}) =>
    define({
      inputs: { to: { type: "string" } },
      steps: [
        { id: "ask", kind: "approve", message: "Write to ${inputs.to}?", with: { to: "${inputs.to}", n: 1 }, ...more },
        {
          id: "send",
          kind: "mcp",
          server: "mail",
          tool: "send",
          needs: ["ask"],
          with: "${steps.ask.output.arguments}",
        },
      ],
    });
  const hashOf = (to: string): string => begin(asking(), { to }).start[0]?.hash ?? "";
  const decide = (decision: "approved" | "rejected", hash: string, more: object = {}): Outcome => ({
    ...ref("ask"),
    kind: "decided",
    decision,
    hash,
    ...more,
  });

  test("[W35] it shows message and arguments, and what was approved is exactly what is done", () => {
    const begun = begin(asking(), { to: "ann" });
    expect(begun.start).toMatchObject([{ message: "Write to ann?", input: { to: "ann", n: 1 }, hash: hashOf("ann") }]);
    expect(begun.run.steps["ask"]).toEqual({ status: "waiting", attempt: 1, shown: hashOf("ann") });
    const approved = go(asking(), begun, decide("approved", hashOf("ann"), { by: "Eve", comment: "Fine." }));
    expect(approved.run.steps["ask"]?.output).toEqual({
      decision: "approved",
      arguments: { to: "ann", n: 1 },
      by: "Eve",
      comment: "Fine.",
    });
    expect(approved.start).toMatchObject([{ stepId: "send", input: { to: "ann", n: 1 } }]);
    expect(names(approved.stop)).toEqual(["ask"]);
  });

  test("[W35] a decision about anything else, and whatever is no decision, is refused", () => {
    const begun = begin(asking(), { to: "ann" });
    expect(hashOf("ann")).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf("bob")).not.toBe(hashOf("ann"));
    for (const outcome of [
      decide("approved", hashOf("bob")),
      decide("approved", ""),
      done("ask", { decision: "approved" }),
    ]) {
      expect(advance(asking(), begun.run, outcome).run).toBe(begun.run);
    }
    const task = define({ steps: [{ id: "ask", kind: "task" }] });
    expect(walk(task, decide("approved", "")).run.steps["ask"]?.status).toBe("running");
  });

  test("[W35] rejected it fails without another attempt, or completes with the decision", () => {
    const begun = begin(asking({ retry: {} }), { to: "ann" });
    const rejected = go(
      asking({ retry: {} }),
      begun,
      decide("rejected", hashOf("ann"), { by: "Eve", comment: "Not now" }),
    );
    expect(rejected.run.error).toEqual({ code: "rejected", message: "Eve rejected it: Not now", stepId: "ask" });
    const goesOn = asking({ onReject: "continue" });
    const next = go(goesOn, begin(goesOn, { to: "ann" }), decide("rejected", hashOf("ann")));
    expect(next.run.steps["ask"]).toMatchObject({
      status: "completed",
      output: { decision: "rejected", by: null, comment: null },
    });
  });

  test("[W35] when nobody decides in time it fails, or counts as the declared decision", () => {
    const end = (onTimeout: string) => {
      const definition = asking({ timeoutMs: 1000, onTimeout, retry: { maxAttempts: 2 } });
      return go(definition, begin(definition, { to: "ann" }), late("ask")).run;
    };
    expect(end("fail").steps["ask"]).toMatchObject({ status: "waiting_retry", attempt: 2, shown: hashOf("ann") });
    expect(end("approve").steps["ask"]).toMatchObject({
      status: "completed",
      output: { decision: "approved", by: null },
    });
    expect(end("reject")).toMatchObject({ status: "failed", error: { code: "rejected" } });
  });
});

describe("time limits", () => {
  const definition = define({
    steps: [
      { id: "a", kind: "task", timeoutMs: 10, stepTimeoutMs: 100, retry: { maxAttempts: 3, backoffMs: 5 } },
      { id: "b", kind: "task", needs: ["a"] },
    ],
  });

  test("[W32] they stand in the starts: the attempt's in each, the step's in the first", () => {
    expect(begin(definition).start).toMatchObject([{ deadlineMs: 10, stepDeadlineMs: 100 }]);
    const second = walk(definition, late("a"));
    expect(second.start).toEqual([{ stepId: "a", attempt: 2, kind: "task", delayMs: 5, deadlineMs: 10, input: {} }]);
    expect(second.run.steps["a"]?.error).toEqual({ code: "timed_out", message: "The attempt took longer than 10 ms." });
    expect(names(second.stop)).toEqual(["a"]);
    expect(advance(definition, second.run, done("a")).run).toBe(second.run);
  });

  test("[W32] the step's is final, whatever attempt is in flight", () => {
    const ended = walk(definition, broke("a"), late("a", "step"));
    expect(ended.run).toMatchObject({
      status: "failed",
      error: { code: "timed_out", stepId: "a" },
      steps: { a: { attempt: 2 } },
    });
    expect(names(ended.stop)).toEqual(["a#2"]);
    expect(statuses(ended.run)).toEqual({ a: "failed", b: "skipped" });
    const beyond = begin(definition);
    expect(advance(definition, beyond.run, late("a#2", "step")).run).toBe(beyond.run);
    expect(walk(definition, done("a"), late("a", "step")).run.steps["a"]?.status).toBe("completed");
  });

  test("[W24][W32] of a call that is not idempotent nobody knows the effect once its time is over", () => {
    const call = (idempotent: boolean) =>
      define({
        steps: [
          { id: "a", kind: "mcp", server: "s", tool: "t", idempotent, timeoutMs: 10, stepTimeoutMs: 99, retry: {} },
        ],
      });
    expect(walk(call(true), late("a")).run.steps["a"]?.status).toBe("waiting_retry");
    expect(walk(call(false), late("a")).run.error?.code).toBe("unknown");
    expect(walk(call(false), late("a", "step")).run.error?.code).toBe("unknown");
    expect(walk(call(true), late("a", "step")).run.error?.code).toBe("timed_out");
  });
});

describe("pause", () => {
  const definition = define({
    steps: [
      { id: "a", kind: "task", retry: { maxAttempts: 2, backoffMs: 7 } },
      { id: "b", kind: "task", needs: ["a"] },
      { id: "c", kind: "task" },
      { id: "d", kind: "task", foreach: { in: "${steps.c.output}", maxItems: 5 }, needs: ["c"] },
    ],
  });
  const paused: Outcome = { kind: "paused" };
  const resumed: Outcome = { kind: "resumed" };

  test("[W39] nothing starts, is repeated or ends; what comes is recorded; resumed it goes on", () => {
    const held = walk(definition, paused, broke("a"), done("c", [1]));
    expect([held.run.status, statuses(held.run)]).toEqual([
      "paused",
      { a: "pending", b: "pending", c: "completed", d: "pending" },
    ]);
    const on = go(definition, held, resumed);
    expect(on.start).toMatchObject([
      { stepId: "a", attempt: 2, delayMs: 7 },
      { stepId: "d", item: 0 },
    ]);
    expect(on.run.steps["a"]).toMatchObject({ status: "waiting_retry", error: { code: "broke" } });
    const late = go(definition, on, paused, done("a#2"), done("d[0]"), resumed, done("b"));
    expect(late.run.status).toBe("completed");
    const failed = go(definition, on, paused, broke("a#2"));
    expect(failed.run.status).toBe("paused");
    expect(go(definition, failed, resumed).run).toMatchObject({ status: "failed", error: { stepId: "a" } });
  });

  test("[W15][W20][W39] a paused run can be cancelled; what failed in it stays failed; a second pause is stale", () => {
    const held = walk(definition, paused, broke("a"));
    expect(advance(definition, held.run, paused).run).toBe(held.run);
    const { run } = begin(definition);
    expect(advance(definition, run, resumed).run).toBe(run);
    const over = go(definition, held, cancel, done("c"));
    expect([over.run.status, statuses(over.run)]).toEqual([
      "cancelled",
      { a: "failed", b: "skipped", c: "completed", d: "skipped" },
    ]);
    expect(advance(definition, over.run, resumed).run).toBe(over.run);
  });

  test("[W41] when a run breaks off, what is in flight is told to stop; waits and approvals have ended", () => {
    const mixed = define({
      steps: [
        { id: "a", kind: "task" },
        { id: "b", kind: "wait", durationMs: 9 },
        { id: "c", kind: "approve", message: "?" },
        { id: "d", kind: "workflow", workflow: "x" },
        { id: "e", kind: "wait", signal: "s", onFailure: "continue" },
      ],
    });
    const over = walk(mixed, cancel);
    expect(names(over.stop)).toEqual(["a", "b", "c", "d", "e"]);
    expect(statuses(over.run)).toEqual({ a: "running", b: "failed", c: "failed", d: "running", e: "failed" });
    expect(over.run.steps["b"]?.error?.code).toBe("cancelled");
    const next = go(mixed, over, done("a"));
    expect(next.stop).toEqual([]);
    expect(go(mixed, over, done("a"), broke("d")).run.progress).toBe(1);
  });
});
