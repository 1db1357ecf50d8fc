// A caller as simple as possible: it holds what it was told to start, and answers as a plan says.
import fc from "fast-check";
import { expect } from "vitest";
import { advance, inFlight, startRun } from "../src/index.ts";
import type { Advance, Definition, Json, Outcome, Run, StartRef, StepStart } from "../src/index.ts";
import { anyInputs } from "./any-definition.ts";

/** What happens next: which open start is answered, and how; or something that befalls the whole run. */
export interface Move {
  readonly pick: number;
  readonly how: How;
  readonly output: Json;
}

type How =
  | "completed"
  | "failed"
  | "final"
  | "unknown"
  | "late"
  | "step_late"
  | "rejected"
  | "forged"
  | "cancel"
  | "pause"
  | "resume"
  | "signal";

/** Plans of 120 moves, most of them good ones. */
export const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record<Move>({
    pick: fc.nat(),
    how: fc.oneof(
      { weight: 18, arbitrary: fc.constant<How>("completed") },
      { weight: 6, arbitrary: fc.constantFrom<How>("failed", "final", "unknown", "late", "step_late", "rejected") },
      { weight: 2, arbitrary: fc.constantFrom<How>("forged", "pause", "resume", "resume", "signal", "signal") },
      { weight: 1, arbitrary: fc.constantFrom<How>("cancel", "completed") },
    ),
    output: fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
  }),
  { minLength: 120, maxLength: 120 },
);

/** Everything that happened to one run. */
export interface Story {
  readonly first: Advance;
  readonly outcomes: readonly Outcome[];
  readonly advances: readonly Advance[];
  readonly starts: readonly StepStart[];
  readonly run: Run;
}

/** Lives through one run to its end. `store` stands between any two advances. */
export function live(definition: Definition, plan: readonly Move[], store: (run: Run) => Run = (run) => run): Story {
  const first = startRun(definition, { runId: "r1", inputs: anyInputs });
  let run = store(first.run);
  const outcomes: Outcome[] = [];
  const advances: Advance[] = [];
  const starts = [...first.start];
  let open = [...first.start];
  const tell = (outcome: Outcome): void => {
    const next = advance(definition, run, outcome);
    outcomes.push(outcome);
    advances.push(next);
    starts.push(...next.start);
    const still = new Set(inFlight(next.run).map(nameOf));
    const stopped = new Set(next.stop.map(nameOf));
    // What is no longer in flight was answered by this very outcome, or is told to be stopped.
    for (const start of open) {
      if (still.has(nameOf(start))) continue;
      const isOwn = (outcome.kind === "completed" || outcome.kind === "failed") && nameOf(outcome) === nameOf(start);
      expect(isOwn || stopped.has(nameOf(start))).toBe(true);
    }
    open = [...open.filter((start) => still.has(nameOf(start))), ...next.start];
    expect(open.map(nameOf).toSorted()).toEqual([...still].toSorted());
    run = store(next.run);
  };
  for (const move of plan) {
    if (open.length === 0 && run.status !== "paused") break;
    const outcome = outcomeOf(open[move.pick % open.length], move, run);
    if (outcome !== undefined) tell(outcome);
  }
  // Whoever is still asked by now says no.
  for (let left = 500; left > 0 && (open.length > 0 || run.status === "paused"); left -= 1) {
    const [start] = open;
    if (run.status === "paused" || start === undefined) tell({ kind: "resumed" });
    else tell({ ...refOf(start), kind: "failed", error: { code: "enough", message: "m" }, retryable: false });
  }
  return { first, outcomes, advances, starts, run };
}

/** The name of a start among all starts of a run. */
export function nameOf({ stepId, attempt, item = -1, compensates }: Partial<StartRef>): string {
  return `${stepId ?? ""}#${attempt ?? 0}/${item}${compensates === true ? " undo" : ""}`;
}

/** What an answer to a start must name. */
export function refOf({ stepId, attempt, item, compensates }: StartRef): StartRef {
  return {
    stepId,
    attempt,
    ...(item === undefined ? {} : { item }),
    ...(compensates === undefined ? {} : { compensates }),
  };
}

function outcomeOf(start: StepStart | undefined, { how, output }: Move, run: Run): Outcome | undefined {
  if (how === "cancel") return { kind: "cancelled", reason: "stop" };
  if (how === "pause") return { kind: "paused" };
  if (how === "resume" || run.status === "paused") return { kind: "resumed" };
  if (how === "signal") return { kind: "signalled", signal: "go1", value: output };
  if (start === undefined) return undefined;
  const ref = refOf(start);
  if (how === "late" || how === "step_late") {
    return { ...ref, kind: "timed_out", ...(how === "late" ? {} : { of: "step" }) };
  }
  if (how === "failed" || how === "final" || how === "unknown") {
    const error = { code: how === "unknown" ? "unknown" : "broke", message: "m" };
    return { ...ref, kind: "failed", error, retryable: how !== "final" };
  }
  if (start.hash !== undefined) {
    const hash = how === "forged" ? "0".repeat(64) : start.hash;
    return { ...ref, kind: "decided", decision: how === "rejected" ? "rejected" : "approved", hash, by: "Ann" };
  }
  if (start.signal !== undefined) return { kind: "signalled", signal: start.signal, value: output };
  return { ...ref, kind: "completed", output };
}
