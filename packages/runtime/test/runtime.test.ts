import { afterEach, describe, expect, test, vi } from "vitest";
import { createIds, createLog, createSilentLog, createSystemClock, createSystemRandom } from "../src/index.ts";
import { createManualClock, createMemoryLog, createSeededRandom } from "../src/testing/index.ts";

describe("clock", () => {
  afterEach(() => void vi.useRealTimers());

  test("[RT1] a timer longer than 2^31 - 1 ms is waited for in full and fires once", () => {
    vi.useFakeTimers();
    const fire = vi.fn();
    createSystemClock().setTimer(2 ** 31 + 10, fire);
    vi.advanceTimersByTime(2 ** 31 + 9);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    vi.advanceTimersByTime(2 ** 32);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  test("[RT1] a negative delay counts as 0", () => {
    vi.useFakeTimers();
    const fire = vi.fn();
    createSystemClock().setTimer(-5, fire);
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  test("[RT2] a cancelled timer never fires, and cancelling again does nothing", () => {
    vi.useFakeTimers();
    const fire = vi.fn();
    const timer = createSystemClock().setTimer(5, fire);
    timer.cancel();
    timer.cancel();
    vi.advanceTimersByTime(10);
    expect(fire).not.toHaveBeenCalled();
  });
});

describe("random and ids", () => {
  test("[RT3] bytes gives as many as asked and fraction stays in [0, 1)", () => {
    const random = createSystemRandom();
    expect(random.bytes(33)).toHaveLength(33);
    for (let round = 0; round < 1000; round += 1) {
      const value = random.fraction();
      expect(value >= 0 && value < 1).toBe(true);
    }
  });

  test("[RT4] ids have their form, sort by time, and differ within one millisecond", () => {
    const clock = createManualClock();
    const ids = createIds({ clock, random: createSystemRandom() });
    const first = ids.next("task");
    expect(first).toMatch(/^task_[0-9a-hjkmnp-tv-z]{17}$/);
    expect(new Set(Array.from({ length: 10_000 }, () => ids.next("t"))).size).toBe(10_000);
    clock.advance(1);
    expect(ids.next("task") > first).toBe(true);
  });
});

describe("log", () => {
  test("[RT5] the silent log takes every entry", () => {
    const log = createSilentLog().child({ room: "x" });
    expect(() => {
      log.debug("a");
      log.info("b", { count: 1 });
      log.warn("c");
      log.error("d");
    }).not.toThrow();
  });

  test("[RT6] a child's entries carry its parents' fields and its own win", () => {
    const log = createMemoryLog();
    log.child({ app: "gateway", room: "link" }).child({ room: "queue" }).warn("slow", { ms: 3 });
    expect(log.entries).toEqual([{ level: "warn", message: "slow", fields: { app: "gateway", room: "queue", ms: 3 } }]);
    const written: string[] = [];
    createLog((entry) => void written.push(entry.level)).error("x");
    expect(written).toEqual(["error"]);
  });
});

describe("test doubles", () => {
  test("[RT7] timers fire at their own instant, in order, those set by a firing timer too", () => {
    const clock = createManualClock(1000);
    const seen: string[] = [];
    clock.setTimer(20, () => void seen.push(`b@${clock.nowMs()}`));
    clock.setTimer(10, () => {
      seen.push(`a@${clock.nowMs()}`);
      clock.setTimer(5, () => void seen.push(`c@${clock.nowMs()}`));
    });
    clock.setTimer(20, () => void seen.push(`d@${clock.nowMs()}`));
    clock.advance(19);
    expect(seen).toEqual(["a@1010", "c@1015"]);
    clock.advance(1);
    expect(seen).toEqual(["a@1010", "c@1015", "b@1020", "d@1020"]);
    expect(clock.pendingTimers()).toBe(0);
    expect(clock.monotonicMs()).toBe(20);
  });

  test("[RT7] advanceAsync lets promises run between timers", async () => {
    const clock = createManualClock();
    const seen: number[] = [];
    clock.setTimer(
      10,
      () => void Promise.resolve().then(() => clock.setTimer(10, () => void seen.push(clock.monotonicMs()))),
    );
    await clock.advanceAsync(30);
    expect(seen).toEqual([20]);
  });

  test("[RT8] seeded chance repeats for the same seed and differs for another", () => {
    const take = (seed: number): number[] => {
      const random = createSeededRandom(seed);
      return [random.fraction(), ...random.bytes(8), random.fraction()];
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });
});
