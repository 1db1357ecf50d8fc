import type { Clock } from "../clock.ts";

/** A clock that moves only when told. */
export interface ManualClock extends Clock {
  /** Moves time on, firing each timer at its own instant, in order of time, then of setting. [RT7] */
  advance(byMs: number): void;
  /** Like `advance`, and lets pending promises run before, between and after timers. */
  advanceAsync(byMs: number): Promise<void>;
  /** How many timers are set and have not fired: 0 at the end of a test proves that nothing leaks. */
  pendingTimers(): number;
}

/** Creates a manual clock standing at `startMs` (default 1,700,000,000,000: a readable day in November 2023). */
export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Map<number, { readonly dueMs: number; readonly fire: () => void }>();

  const nextDue = (limitMs: number): number | undefined => {
    let best: number | undefined;
    let bestDueMs = Number.POSITIVE_INFINITY;
    // Maps keep insertion order, so the first of equal times is the one set first.
    for (const [id, timer] of timers) {
      if (timer.dueMs <= limitMs && timer.dueMs < bestDueMs) {
        best = id;
        bestDueMs = timer.dueMs;
      }
    }
    return best;
  };
  const fireNext = (limitMs: number): boolean => {
    const id = nextDue(limitMs);
    const timer = id === undefined ? undefined : timers.get(id);
    if (id === undefined || timer === undefined) return false;
    timers.delete(id);
    nowMs = Math.max(nowMs, timer.dueMs);
    timer.fire();
    return true;
  };

  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    setTimer(afterMs, fire) {
      order += 1;
      const id = order;
      timers.set(id, { dueMs: nowMs + Math.max(0, afterMs), fire });
      return { cancel: () => void timers.delete(id) };
    },
    advance(byMs) {
      const limitMs = nowMs + byMs;
      while (fireNext(limitMs));
      nowMs = limitMs;
    },
    async advanceAsync(byMs) {
      const limitMs = nowMs + byMs;
      await settle();
      while (fireNext(limitMs)) await settle();
      nowMs = limitMs;
      await settle();
    },
    pendingTimers: () => timers.size,
  };
}

// Promise chains a few links deep need a turn for each link.
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
