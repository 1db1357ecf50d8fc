import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advance, startRun } from "../src/index.ts";
import type { Advance, Definition, Json, Outcome, Run, StepStart } from "../src/index.ts";
import { define } from "./definitions.ts";

interface StepPlan {
  readonly needs: readonly number[];
  readonly maxAttempts: number;
  readonly goesOn: boolean;
  readonly isCall: boolean;
}

// Each step may need earlier ones only, and the written order is then turned around at will.
const graphs: fc.Arbitrary<Definition> = fc
  .array(
    fc.record<StepPlan>({
      needs: fc.uniqueArray(fc.nat(9), { maxLength: 3 }),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      goesOn: fc.boolean(),
      isCall: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .chain((plans) => {
    const steps = plans.map((plan, index): Json => {
      const needs = plan.needs.filter((need) => need < index).map((need) => `s${need}`);
      return {
        id: `s${index}`,
        ...(plan.isCall ? { kind: "mcp", server: "a", tool: "b" } : { kind: "task" }),
        needs,
        with: { got: needs.map((need) => `\${steps.${need}.output}`) },
        retry: { maxAttempts: plan.maxAttempts },
        onFailure: plan.goesOn ? "continue" : "fail",
      };
    });
    return fc
      .shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length })
      .map((shuffled) => define({ steps: shuffled, outputs: { first: "${steps.s0.output}" } }));
  });

/** What happens next: which open start is answered, and how. */
interface Move {
  readonly pick: number;
  readonly how: "completed" | "failed" | "final" | "unknown" | "cancel";
  readonly output: Json;
}

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record<Move>({
    pick: fc.nat(),
    how: fc.oneof(
      { weight: 6, arbitrary: fc.constant("completed" as const) },
      { weight: 4, arbitrary: fc.constantFrom("failed" as const, "final" as const, "unknown" as const) },
      { weight: 1, arbitrary: fc.constantFrom("cancel" as const, "completed" as const) },
    ),
    output: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
  }),
  { minLength: 60, maxLength: 60 },
);

interface Walk {
  readonly first: Advance;
  readonly outcomes: readonly Outcome[];
  readonly advances: readonly Advance[];
  readonly starts: readonly StepStart[];
  readonly open: readonly StepStart[];
  readonly run: Run;
}

/** Answers open starts in the order of the moves until none is open. `store` stands between any two advances. */
function walkThrough(definition: Definition, plan: readonly Move[], store: (run: Run) => Run = (run) => run): Walk {
  const first = startRun(definition, { runId: "r1", inputs: {} });
  let run = store(first.run);
  const outcomes: Outcome[] = [];
  const advances: Advance[] = [];
  const starts = [...first.start];
  const open = [...first.start];
  for (const move of plan) {
    if (open.length === 0) break;
    const picked = move.pick % open.length;
    const outcome = move.how === "cancel" ? cancel : outcomeOf(open[picked], move);
    if (move.how !== "cancel") open.splice(picked, 1);
    const next = advance(definition, run, outcome);
    outcomes.push(outcome);
    advances.push(next);
    starts.push(...next.start);
    open.push(...next.start);
    run = store(next.run);
  }
  return { first, outcomes, advances, starts, open, run };
}

const cancel: Outcome = { kind: "cancelled", reason: "stop" };

function outcomeOf(start: StepStart | undefined, move: Move): Outcome {
  if (!start) throw new Error("nothing is open");
  const { stepId, attempt } = start;
  if (move.how === "completed") return { kind: "completed", stepId, attempt, output: move.output };
  const error = { code: move.how === "unknown" ? "unknown" : "broke", message: "m" };
  return { kind: "failed", stepId, attempt, error, retryable: move.how !== "final" };
}

const runs = { numRuns: 200 };
const isSettled = (status: string): boolean => ["completed", "failed", "skipped"].includes(status);

describe("any graph, any interleaving", () => {
  test("[W21][W22][W23] every run ends: nothing in flight, nothing waiting, progress 1, a true status", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(graphs, moves, (definition, plan) => {
        const { run, open, advances } = walkThrough(definition, plan);
        expect(open).toEqual([]);
        expect(Object.values(run.steps).every((step) => isSettled(step.status))).toBe(true);
        expect(run.progress).toBe(1);
        const steps = definition.steps.map((step) => ({ step, is: run.steps[step.id] }));
        const broken = steps.some(({ step, is }) => is?.status === "failed" && step.onFailure === "fail");
        if (run.status === "completed") expect(broken).toBe(false);
        if (run.status === "failed") expect(broken).toBe(true);
        expect(run.status).not.toBe("running");
        expect("outputs" in run).toBe(run.status === "completed");
        expect("error" in run).toBe(run.status !== "completed");
        let before = 0;
        for (const { run } of advances) {
          expect(run.progress).toBeGreaterThanOrEqual(before);
          before = run.progress;
        }
        seen.add(run.status);
      }),
      runs,
    );
    // The moves reach every end, or the checks above prove less than they say.
    expect([...seen].toSorted()).toEqual(["cancelled", "completed", "failed"]);
  });

  test("[W14][W16] a step starts at most once per attempt, never before its needs, within its attempts", () => {
    fc.assert(
      fc.property(graphs, moves, (definition, plan) => {
        const { first, advances, starts } = walkThrough(definition, plan);
        const names = starts.map((start) => `${start.stepId}#${start.attempt}`);
        expect(new Set(names).size).toBe(names.length);
        for (const { run, start } of [first, ...advances]) {
          if (run.status !== "running") expect(start).toEqual([]);
          for (const { stepId, attempt, input } of start) {
            const step = definition.steps.find((each) => each.id === stepId);
            if (!step) throw new Error(`unknown start ${stepId}`);
            expect(attempt).toBeLessThanOrEqual(step.retry.maxAttempts);
            const needs = step.needs.map((need) => ({ need, is: run.steps[need] }));
            for (const { need, is } of needs) {
              const goesOn = definition.steps.find((each) => each.id === need)?.onFailure === "continue";
              expect(is?.status === "completed" || (is?.status === "failed" && goesOn)).toBe(true);
            }
            expect(input).toEqual({ got: needs.map(({ is }) => is?.output) });
          }
        }
      }),
      runs,
    );
  });

  test("[W14][W17] whatever is ready in a running run has been started, and nothing waits in an ended one", () => {
    fc.assert(
      fc.property(graphs, moves, (definition, plan) => {
        const { first, advances } = walkThrough(definition, plan);
        for (const { run } of [first, ...advances]) {
          for (const step of definition.steps) {
            if (run.steps[step.id]?.status !== "pending") continue;
            expect(run.status).toBe("running");
            expect(step.needs.some((need) => !isSettled(run.steps[need]?.status ?? ""))).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  test("[W15][W21] outcomes told again, at any time and any number of times, change and start nothing", () => {
    fc.assert(
      fc.property(graphs, moves, fc.integer({ min: 1, max: 3 }), (definition, plan, times) => {
        const { outcomes, run, first } = walkThrough(definition, plan);
        let again = first.run;
        for (const [index, outcome] of outcomes.entries()) {
          again = advance(definition, again, outcome).run;
          for (const old of outcomes.slice(0, index + 1)) {
            for (let time = 0; time < times; time += 1) {
              const repeated = advance(definition, again, old);
              expect(repeated.run).toBe(again);
              expect(repeated.start).toEqual([]);
              expect(repeated.changed).toEqual([]);
            }
          }
        }
        expect(again).toEqual(run);
      }),
      runs,
    );
  });

  test("[W21] a run written and read back between any two advances goes on exactly the same", () => {
    const store = (run: Run): Run => JSON.parse(JSON.stringify(run)) as Run;
    fc.assert(
      fc.property(graphs, moves, (definition, plan) => {
        const kept = walkThrough(definition, plan);
        const stored = walkThrough(definition, plan, store);
        expect(stored).toStrictEqual(kept);
        expect(JSON.stringify(stored.run)).toBe(JSON.stringify(kept.run));
      }),
      runs,
    );
  });

  test("[W21] no advance changes the run or the definition it was given", () => {
    const freeze = <Value>(value: Value): Value => {
      if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    fc.assert(
      fc.property(graphs, moves, (definition, plan) => {
        walkThrough(freeze(definition), plan, freeze);
      }),
      { numRuns: 100 },
    );
  });

  test("[W14][W15] `changed` tells exactly the steps whose status or attempt differs", () => {
    fc.assert(
      fc.property(graphs, moves, (definition, plan) => {
        const { first, advances } = walkThrough(definition, plan);
        let before = first.run;
        for (const { run, changed } of advances) {
          const differs = definition.steps.filter(({ id }) => {
            const [was, is] = [before.steps[id], run.steps[id]];
            return was?.status !== is?.status || was?.attempt !== is?.attempt;
          });
          expect(changed).toEqual(differs.map(({ id }) => ({ stepId: id, status: run.steps[id]?.status })));
          before = run;
        }
      }),
      runs,
    );
  });
});
