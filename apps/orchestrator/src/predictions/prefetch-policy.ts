/** Whether something may be loaded ahead now, and whether it was worth it. Pure: times come in. */
export interface PrefetchPolicy {
  /** True when nothing is being loaded, fewer than 6 were in the last minute, and it was not stopped. */
  mayBegin(nowMs: number): boolean;
  begin(nowMs: number): void;
  end(): void;
  /** Something that was loaded ahead was used, or was not within its life. */
  settle(wasUsed: boolean, nowMs: number): void;
  /** Whether it has stopped by itself. */
  isStopped(nowMs: number): boolean;
}

/** The bounds of loading ahead. [O66] */
export const prefetchBounds = {
  perMinute: 6,
  /** So many of them are looked at, and so many of these must have been used. */
  judged: 20,
  leastUsed: 2,
  stopMs: 3_600_000,
} as const;

const minuteMs = 60_000;

/** Creates the policy of one workspace. [O66] */
export function createPrefetchPolicy(): PrefetchPolicy {
  const begun: number[] = [];
  const outcomes: boolean[] = [];
  let isLoading = false;
  let stoppedUntilMs = Number.NEGATIVE_INFINITY;
  return {
    mayBegin(nowMs) {
      while (begun[0] !== undefined && nowMs - begun[0] >= minuteMs) begun.shift();
      return !isLoading && nowMs >= stoppedUntilMs && begun.length < prefetchBounds.perMinute;
    },
    begin(nowMs) {
      isLoading = true;
      begun.push(nowMs);
    },
    end() {
      isLoading = false;
    },
    settle(wasUsed, nowMs) {
      outcomes.push(wasUsed);
      if (outcomes.length < prefetchBounds.judged) return;
      const used = outcomes.filter(Boolean).length;
      if (used >= prefetchBounds.leastUsed) {
        outcomes.shift();
        return;
      }
      stoppedUntilMs = nowMs + prefetchBounds.stopMs;
      outcomes.length = 0;
    },
    isStopped: (nowMs) => nowMs < stoppedUntilMs,
  };
}
