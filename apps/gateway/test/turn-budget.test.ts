import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { createTurnBudget } from "../src/limits/turn-budget.ts";

/** A loop whose turns find `count` things, each of which takes `eachMs`; returns how many of each turn were admitted. */
function openLoop(): {
  turn(count: number, eachMs: number): number;
  idle(ms: number): void;
  refused(): number;
} {
  const clock = createManualClock();
  let next: (() => void)[] = [];
  const budget = createTurnBudget({ clock, nextTurn: (run) => void next.push(run) });
  return {
    turn(count, eachMs) {
      let admitted = 0;
      for (let at = 0; at < count; at += 1) {
        if (!budget.admit()) continue;
        admitted += 1;
        clock.advance(eachMs);
      }
      const runs = next;
      next = [];
      for (const run of runs) run();
      return admitted;
    },
    idle: (ms) => clock.advance(ms),
    refused: () => budget.refused(),
  };
}

describe("the budget of a turn", () => {
  test("[G70] short turns admit everything, for ever", () => {
    const loop = openLoop();
    for (let turn = 0; turn < 1000; turn += 1) expect(loop.turn(25, 1)).toBe(25);
    expect(loop.refused()).toBe(0);
  });

  test("[G70] one long turn, and long turns for less than 1,000 ms, are a burst that passes", () => {
    const loop = openLoop();
    expect(loop.turn(400, 1)).toBe(400);
    expect(loop.turn(10, 1)).toBe(10);
    for (let turn = 0; turn < 19; turn += 1) expect(loop.turn(50, 1)).toBe(50);
    expect(loop.turn(20, 1)).toBe(20);
    expect(loop.turn(400, 1)).toBe(400);
  });

  test("[G70] while turns have been long for 1,000 ms, each deals with 25 ms of it and turns the rest away", () => {
    const loop = openLoop();
    for (let turn = 0; turn < 20; turn += 1) expect(loop.turn(100, 0.5)).toBe(100);
    // 25 ms are over with the 51st.
    for (let turn = 0; turn < 10; turn += 1) expect(loop.turn(500, 0.5)).toBe(51);
    expect(loop.refused()).toBe(10 * 449);
  });

  test("[G70] 32 are dealt with in every turn, however slow: who has no core is not flooded", () => {
    const loop = openLoop();
    for (let turn = 0; turn < 20; turn += 1) expect(loop.turn(32, 10)).toBe(32);
    expect(loop.turn(40, 10)).toBe(32);
    expect(loop.refused()).toBe(8);
  });

  test("[G70] a short turn, or a rest, ends it at once", () => {
    const loop = openLoop();
    for (let turn = 0; turn < 21; turn += 1) loop.turn(50, 1);
    expect(loop.turn(500, 1)).toBe(32);
    expect(loop.turn(20, 1)).toBe(20);
    expect(loop.turn(200, 1)).toBe(200);
    for (let turn = 0; turn < 21; turn += 1) loop.turn(50, 1);
    expect(loop.turn(500, 1)).toBe(32);
    loop.idle(26);
    expect(loop.turn(200, 1)).toBe(200);
  });
});
