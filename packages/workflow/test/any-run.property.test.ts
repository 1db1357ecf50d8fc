import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advance, inFlight, isAwaited, isOver, openStarts } from "../src/index.ts";
import type { Definition, Json, Run, StepDefinition, StepStart } from "../src/index.ts";
import { definitions } from "./any-definition.ts";
import { live, moves, nameOf } from "./host.ts";

const runs = { numRuns: 400 };
const ended: ReadonlySet<string> = new Set(["completed", "failed", "skipped"]);
const stepOf = (definition: Definition, id: string): StepDefinition => {
  const step = definition.steps.find((each) => each.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};

describe("steps of every kind, any interleaving", () => {
  test("[W21][W22][W23][W36][W41] every run ends: over, progress 1, a true status, and nobody waits for an answer", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { run, first, advances } = live(definition, plan);
        expect(isOver(run)).toBe(true);
        expect(run.progress).toBe(1);
        expect(Object.values(run.steps).every(({ status }) => ended.has(status))).toBe(true);
        expect("outputs" in run).toBe(run.status === "completed");
        expect("error" in run).toBe(run.status !== "completed");
        expect("notUndone" in run).toBe(run.status === "compensation_failed");
        const broken = definition.steps.filter(({ id, onFailure }) => {
          return run.steps[id]?.status === "failed" && onFailure === "fail";
        });
        if (run.status === "completed") expect(broken).toEqual([]);
        if (run.error?.stepId !== undefined) expect(broken.map(({ id }) => id)).toContain(run.error.stepId);
        let before = first.run.progress;
        for (const { run: each } of advances) {
          expect(each.progress).toBeGreaterThanOrEqual(before);
          before = each.progress;
        }
        seen.set(run.status, (seen.get(run.status) ?? 0) + 1);
      }),
      runs,
    );
    // The moves reach every end, or the checks above prove less than they say.
    expect([...seen.keys()].toSorted()).toEqual([
      "cancelled",
      "compensated",
      "compensation_failed",
      "completed",
      "failed",
    ]);
  });

  test("[W14][W28][W37][W39] a start comes once, after its needs, in a running run, within its attempts and concurrency", () => {
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { first, advances, starts } = live(definition, plan);
        const names = starts.map(nameOf);
        expect(new Set(names).size).toBe(names.length);
        for (const { run, start } of [first, ...advances]) {
          for (const { stepId, attempt, compensates, item } of start) {
            const step = stepOf(definition, stepId);
            if (compensates === true) {
              expect(run.status).toBe("compensating");
              continue;
            }
            expect(run.status).toBe("running");
            expect(attempt).toBeLessThanOrEqual(step.retry.maxAttempts);
            expect(item === undefined).toBe(step.foreach === undefined);
            expect(step.needs.every((need) => ended.has(run.steps[need]?.status ?? ""))).toBe(true);
          }
          for (const step of definition.steps) {
            const open = (run.steps[step.id]?.items ?? []).filter(
              ({ status }) => !ended.has(status) && status !== "pending",
            );
            expect(open.length).toBeLessThanOrEqual(step.foreach?.concurrency ?? 0);
          }
        }
      }),
      runs,
    );
  });

  test("[W14][W17] whatever is ready in a running run has been started or skipped", () => {
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { first, advances } = live(definition, plan);
        for (const { run } of [first, ...advances]) {
          if (run.status === "paused") continue;
          for (const step of definition.steps) {
            if (run.steps[step.id]?.status !== "pending") continue;
            expect(run.status).toBe("running");
            expect(step.needs.some((need) => !ended.has(run.steps[need]?.status ?? ""))).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  test("[W15][W21] outcomes told again, at any later time, change and start nothing", () => {
    const repeatable: ReadonlySet<string> = new Set(["paused", "resumed"]);
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { outcomes, run, first } = live(definition, plan);
        let again = first.run;
        for (const [index, outcome] of outcomes.entries()) {
          again = advance(definition, again, outcome).run;
          // A pause after a resume is a new pause.
          for (const old of outcomes.slice(0, index + 1).filter(({ kind }) => !repeatable.has(kind))) {
            const repeated = advance(definition, again, old);
            expect(repeated.run).toBe(again);
            expect([...repeated.start, ...repeated.stop, ...repeated.changed]).toEqual([]);
          }
        }
        expect(again).toEqual(run);
      }),
      { numRuns: 200 },
    );
  });

  test("[W21] a run written and read back between any two advances goes on exactly the same, byte for byte", () => {
    const store = (run: Run): Run => JSON.parse(JSON.stringify(run)) as Run;
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const kept = live(definition, plan);
        const stored = live(definition, plan, store);
        expect(stored).toStrictEqual(kept);
        expect(JSON.stringify(stored.advances)).toBe(JSON.stringify(kept.advances));
      }),
      runs,
    );
  });

  test("[W48] what is in flight can be told again as it was handed out, and is just what is awaited", () => {
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { first, advances, starts } = live(definition, plan);
        const bare = (start: StepStart): unknown => ({ ...start, delayMs: 0, stepDeadlineMs: undefined });
        for (const { run } of [first, ...advances]) {
          const open = openStarts(definition, run);
          expect(open.map(nameOf)).toEqual(inFlight(run).map(nameOf));
          for (const start of open) {
            const told = starts.find((each) => nameOf(each) === nameOf(start));
            expect(told && bare(told)).toEqual(bare(start));
          }
          const awaited = starts.filter((start) => isAwaited(run, start)).map(nameOf);
          expect(awaited.toSorted()).toEqual(open.map(nameOf).toSorted());
        }
      }),
      { numRuns: 200 },
    );
  });

  test("[W21] no advance changes the run or the definition it was given", () => {
    const freeze = <Value>(value: Value): Value => {
      if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        live(freeze(definition), plan, freeze);
      }),
      { numRuns: 100 },
    );
  });

  test("[W15] `changed` tells exactly the steps whose status, attempt or undoing differs", () => {
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { first, advances } = live(definition, plan);
        let before = first.run;
        for (const { run, changed } of advances) {
          const differs = definition.steps.filter(({ id }) => {
            const [was, is] = [before.steps[id], run.steps[id]];
            return was?.status !== is?.status || was?.attempt !== is?.attempt || was?.undo?.status !== is?.undo?.status;
          });
          expect(changed.map(({ stepId }) => stepId)).toEqual(differs.map(({ id }) => id));
          before = run;
        }
      }),
      runs,
    );
  });

  test("[W37] the output of a step with items is their outputs in the order of the list, null where one failed", () => {
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { run, outcomes } = live(definition, plan);
        for (const { id, foreach } of definition.steps) {
          const step = run.steps[id];
          if (foreach === undefined || step?.status !== "completed") continue;
          const output = step.output as readonly Json[];
          expect(output).toHaveLength(step.itemCount ?? -1);
          for (const [item, part] of (step.items ?? []).entries()) {
            const told = outcomes.find(
              (each) => each.kind === "completed" && each.stepId === id && each.item === item && !each.compensates,
            );
            if (part.status === "failed") expect(output[item]).toBeNull();
            else if (told?.kind === "completed" && told.attempt === part.attempt)
              expect(output[item]).toEqual(told.output);
          }
        }
      }),
      runs,
    );
  });

  test("[W42][W43] what completed is undone once all has come to rest, the last first, and what stays is told", () => {
    let undone = 0;
    fc.assert(
      fc.property(definitions, moves, (definition, plan) => {
        const { run, first, advances } = live(definition, plan);
        const order: string[] = [];
        const undoing: string[] = [];
        let before = first.run;
        for (const { run: after, start } of advances) {
          for (const { id } of definition.steps) {
            if (after.steps[id]?.order !== undefined && before.steps[id]?.order === undefined) order.push(id);
          }
          for (const ref of start.filter(({ compensates }) => compensates)) {
            expect(Object.values(after.steps).every(({ status }) => ended.has(status))).toBe(true);
            const place = `${ref.stepId}/${ref.item ?? -1}`;
            if (undoing.at(-1) !== place) undoing.push(place);
          }
          expect(start.filter(({ compensates }) => compensates).length).toBeLessThanOrEqual(1);
          before = after;
        }
        const completed = order.toReversed().flatMap((id): string[] => {
          const step = run.steps[id];
          if (step?.items === undefined) return step?.status === "completed" ? [`${id}/-1`] : [];
          const done = step.items.flatMap(({ status }, item) => (status === "completed" ? [item] : []));
          return done.toReversed().map((item) => `${id}/${item}`);
        });
        if (run.status === "compensated") expect(undoing).toEqual(completed);
        if (run.status === "completed" || run.status === "failed" || run.status === "cancelled")
          expect(undoing).toEqual([]);
        if (run.status === "failed" || run.status === "cancelled") expect(completed).toEqual([]);
        if (run.status !== "compensation_failed") return;
        // What was not started could not be: it is told with the rest.
        const told = (run.notUndone ?? []).map(({ stepId, item = -1 }) => `${stepId}/${item}`);
        expect(completed.filter((place) => !undoing.includes(place) && !told.includes(place))).toEqual([]);
        expect(told.length).toBeGreaterThan(0);
        undone += undoing.length;
      }),
      runs,
    );
    expect(undone).toBeGreaterThan(0);
  });
});
