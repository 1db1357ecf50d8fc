// The predictor alone. The histories are synthetic: they have regularities because they were made with them.
import { createSeededRandom } from "@kingly/runtime/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxFollowers } from "../src/predictions/followers.ts";
import { createPredictor, maxKeys } from "../src/predictions/predictor.ts";
import { textKey, workflowKey } from "../src/predictions/turn.ts";
import type { Turn } from "../src/predictions/turn.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
// A Monday, 00:00 UTC.
const monday = Date.parse("2026-01-05T00:00:00Z");
const utc = { offsetMinutes: () => 0 };

const turn = (say: string, atMs: number, key = textKey(say)): Turn => ({ id: `u${atMs}`, key, say, atMs });
const workflow = (id: string, say: string, atMs: number): Turn => turn(say, atMs, workflowKey(id));

/** Learns texts, a minute apart, and gives the one that was said last. */
function after(...texts: readonly string[]): { readonly says: readonly string[]; readonly whys: readonly string[] } {
  const predictor = createPredictor(utc);
  const turns = texts.map((text, at) => turn(text, monday + at * minuteMs));
  for (const each of turns.slice(0, -1)) predictor.learn(each);
  const current = turns.at(-1) ?? turn("", monday);
  const items = predictor.suggest(current, current.atMs);
  return { says: items.map(({ say }) => say), whys: items.map(({ why }) => why) };
}

describe("what follows", () => {
  test("[O70] a key is the words without case, spaces and closing signs; a workflow has one key however it was said", () => {
    expect(textKey("  Show   MY tasks!? ")).toBe("show my tasks");
    expect(textKey("x".repeat(201))).toBe("");
    const predictor = createPredictor(utc);
    const says = ["weekly review", "do the weekly review", "review the week please"];
    for (const [at, say] of says.entries()) {
      predictor.learn(turn("good morning kingly", monday + at * dayMs));
      predictor.learn(workflow("weekly_review", say, monday + at * dayMs + minuteMs));
    }
    const current = turn("Good morning, Kingly", monday + 3 * dayMs);
    expect(predictor.suggest(current, current.atMs)).toEqual([]);
    const same = turn("GOOD morning kingly.", monday + 3 * dayMs);
    expect(predictor.suggest(same, same.atMs)).toMatchObject([
      { say: "review the week please", why: "The last 3 times, after “GOOD morning kingly.”" },
    ]);
  });

  test("[O71] two observations and a quarter of the times are needed; the reason counts the last times", () => {
    expect(after("a one", "b two", "a one").says).toEqual([]);
    expect(after("a one", "b two", "a one", "b two", "a one")).toEqual({
      says: ["b two"],
      whys: ["The last 2 times, after “a one”"],
    });
    const mixed = ["a one", "b two", "a one", "c three", "a one", "b two", "a one", "b two", "a one"];
    expect(after(...mixed).whys).toEqual(["3 of the last 4 times, after “a one”"]);
    const rare = ["b", "x", "y", "z", "b", "v", "w", "u", "t"].flatMap((name) => ["a one", `${name} thing`]);
    expect(after(...rare, "a one").says).toEqual([]);
  });

  test("[O71] what is known after the last two turns goes before what is known after the last one", () => {
    const history: string[] = [];
    for (let round = 0; round < 4; round += 1)
      history.push("open the day", "show my tasks", "plan the day", "stop now");
    for (let round = 0; round < 4; round += 1)
      history.push("close the day", "show my tasks", "write the report", "stop now");
    expect(after(...history, "open the day", "show my tasks").says[0]).toBe("plan the day");
    expect(after(...history, "close the day", "show my tasks").says[0]).toBe("write the report");
    // Never seen after this one: what is known after the last turn alone.
    expect(after(...history, "hello there", "show my tasks").says.toSorted()).toEqual([
      "plan the day",
      "write the report",
    ]);
  });

  test("[O71] at most three are told, never the same again, never a single word", () => {
    const history = ["b x", "c x", "d x", "e x"].flatMap((next) => ["a x", next, "a x", next]);
    expect(after(...history, "a x").says.length).toBeLessThanOrEqual(3);
    expect(after("a x", "a x", "a x", "a x").says).toEqual([]);
    expect(after("a x", "yes", "a x", "yes", "a x", "yes", "a x").says).toEqual([]);
  });

  test("[O71] after a pause of two hours nothing follows, and old habits fade", () => {
    const predictor = createPredictor(utc);
    for (const day of [0, 1, 2]) {
      predictor.learn(turn("a one", monday + day * dayMs));
      predictor.learn(turn("b two", monday + day * dayMs + 2 * 60 * minuteMs + 1));
    }
    expect(predictor.suggest(turn("a one", monday + 3 * dayMs), monday + 3 * dayMs)).toEqual([]);
    const old = createPredictor(utc);
    for (const day of [0, 1]) {
      old.learn(turn("a one", monday + day * dayMs));
      old.learn(turn("b two", monday + day * dayMs + minuteMs));
    }
    const ask = (days: number) => old.suggest(turn("a one", monday + days * dayMs), monday + days * dayMs).length;
    expect([ask(30), ask(90)]).toEqual([1, 0]);
  });

  test("[O71] a workflow of the same weekday and hour is told by its time, of the place where the person is", () => {
    const predictor = createPredictor({ offsetMinutes: () => 60 });
    const eightUtc = monday + 8 * 60 * minuteMs;
    for (const week of [0, 1, 2]) {
      predictor.learn(workflow("weekly_review", "weekly review", eightUtc + week * 7 * dayMs + week * minuteMs));
    }
    const at = (ms: number) => predictor.suggest(turn("hello there", ms), ms).map(({ say, why }) => [say, why]);
    expect(at(eightUtc + 21 * dayMs)).toEqual([["weekly review", "Mondays around 9"]]);
    expect(at(eightUtc + 21 * dayMs + 50 * minuteMs)).toHaveLength(1);
    expect(at(eightUtc + 21 * dayMs + 90 * minuteMs)).toEqual([]);
    expect(at(eightUtc + 22 * dayMs)).toEqual([]);
    // Done today already.
    predictor.learn(workflow("weekly_review", "weekly review", eightUtc + 21 * dayMs));
    expect(at(eightUtc + 21 * dayMs + 10 * minuteMs)).toEqual([]);
    // Given up: of the last eight weeks none.
    expect(at(eightUtc + 7 * 12 * dayMs)).toEqual([]);
  });
});

describe("bounds", () => {
  test("[O71] however much is said, at most 1,000 turns and 1,000 pairs with 20 followers each are held", () => {
    const random = createSeededRandom(3);
    const predictor = createPredictor(utc);
    for (let at = 0; at < 60_000; at += 1) {
      const name = Math.floor(random.fraction() * 1500);
      predictor.learn(turn(`thing number ${name}`, monday + at * 1000));
    }
    const { keys, followers } = predictor.size();
    expect(keys).toBeLessThanOrEqual(2 * maxKeys);
    expect(followers).toBeLessThanOrEqual(2 * maxKeys * maxFollowers);
    expect(keys).toBeGreaterThan(maxKeys);
  });

  test("[O71] whatever was said, each suggestion was said before, and its probability is one", () => {
    const word = fc.constantFrom("a x", "b x", "c x", "d x", "yes", "");
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.nat({ max: 3 * 60 })), { maxLength: 60 }), (said) => {
        const predictor = createPredictor(utc);
        let atMs = monday;
        const known = new Set<string>();
        for (const [say, minutes] of said) {
          atMs += minutes * minuteMs;
          const current = turn(say, atMs);
          const items = predictor.suggest(current, atMs);
          expect(items.length).toBeLessThanOrEqual(3);
          for (const { say: next, probability, why } of items) {
            expect(known.has(next)).toBe(true);
            expect(probability).toBeGreaterThanOrEqual(0.25);
            expect(probability).toBeLessThanOrEqual(1 + 1e-9);
            expect(why.length).toBeLessThanOrEqual(200);
          }
          predictor.learn(current);
          known.add(say);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** 12 weeks of somebody with habits: routines of several steps, in which each step is another thing with `noise`. */
function habits(noise: number): readonly Turn[] {
  const random = createSeededRandom(11);
  const routines = [
    ["good morning kingly", "show my tasks", "what is open for today", "plan my day"],
    ["build the release", "run the tests", "write the release notes", "tell the team"],
    ["what did we discuss", "show my tasks", "create a task to answer the mail"],
  ];
  const others = Array.from({ length: 200 }, (_, at) => `something quite different number ${at}`);
  const turns: Turn[] = [];
  for (let day = 0; day < 84; day += 1) {
    for (const [at, routine] of routines.entries()) {
      for (const [step, say] of routine.entries()) {
        const other = others[Math.floor(random.fraction() * others.length)] ?? "";
        const text = random.fraction() < noise ? other : say;
        turns.push(turn(text, monday + day * dayMs + (8 + at * 3) * 60 * minuteMs + step * minuteMs));
      }
    }
  }
  return turns;
}

/** Plays a history: of the turns with a suggestion, in how many was the next one among them? */
function play(turns: readonly Turn[]): {
  readonly shown: number;
  readonly precision: number;
  readonly coverage: number;
} {
  const predictor = createPredictor(utc);
  let shown = 0;
  let hit = 0;
  let asked = 0;
  for (const [at, current] of turns.entries()) {
    const next = turns[at + 1];
    // The first two weeks are for learning.
    if (next !== undefined && current.atMs > monday + 14 * dayMs && next.atMs - current.atMs < 30 * minuteMs) {
      asked += 1;
      const items = predictor.suggest(current, current.atMs);
      if (items.length > 0) shown += 1;
      if (items.some(({ key }) => key === next.key)) hit += 1;
    }
    predictor.learn(current);
  }
  return { shown: shown / asked, precision: shown === 0 ? 1 : hit / shown, coverage: hit / asked };
}

test("[O71] a synthetic history with habits is predicted as well as its noise allows; one without habits is left alone", () => {
  const calm = play(habits(0));
  expect(calm.precision).toBeGreaterThan(0.99);
  expect(calm.coverage).toBeGreaterThan(0.99);
  // Each step is something else with a chance of 0.2: nobody can be right more often than 0.8 of the times.
  const noisy = play(habits(0.2));
  expect(noisy.precision).toBeGreaterThan(0.7);
  expect(noisy.precision).toBeLessThan(0.9);
  expect(noisy.shown).toBeGreaterThan(0.7);
  const chance = play(habits(1));
  expect(chance.shown).toBeLessThan(0.05);
});
