/** A timer that has been set. Cancelling it twice, or after it fired, does nothing. [RT2] */
export interface Timer {
  cancel(): void;
}

/** The one way to know the time and to wait.
 *
 * `nowMs` is wall time (milliseconds since 1970, may jump); `monotonicMs` never goes back and is for durations.
 * `setTimer` calls `fire` once, at least `afterMs` milliseconds later; a negative or missing delay counts as 0. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  setTimer(afterMs: number, fire: () => void): Timer;
}

// Node and browsers fire at once when a delay exceeds 2^31 - 1 ms (24.8 days): longer waits go in hops.
const longestHopMs = 2 ** 31 - 1;

/** Creates the clock of the machine. Timers keep the process alive until they fire or are cancelled. [RT1] */
export function createSystemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    setTimer(afterMs, fire) {
      let handle: ReturnType<typeof setTimeout>;
      const hop = (leftMs: number): void => {
        const hopMs = Math.min(leftMs, longestHopMs);
        handle = setTimeout(() => (leftMs > hopMs ? hop(leftMs - hopMs) : fire()), hopMs);
      };
      hop(Math.max(0, afterMs));
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
