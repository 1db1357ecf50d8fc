/** How often something may happen: so many a second on average, and so many at once after a rest. */
export interface Rate {
  /** More than 0. */
  readonly perSecond: number;
  /** From 1. */
  readonly burst: number;
}

/** Takes one; returns 0, or the milliseconds until one may be taken. */
export type TakeOne = (nowMs: number) => number;

/** Creates a bucket of one rate. [G44]
 *
 * Ours, because it must answer before anything is awaited and by a clock that is given: `rate-limiter-flexible` answers
 * with promises, and `limiter` reads a clock of its own. */
export function createTokenBucket({ perSecond, burst }: Rate): TakeOne {
  const eachMs = 1000 / perSecond;
  // When all that was taken would have come in at the even pace: one number is the whole bucket.
  let evenAtMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    const nextMs = Math.max(evenAtMs, nowMs) + eachMs;
    const overMs = nextMs - nowMs - burst * eachMs;
    // A hair of rounding is no reason to refuse.
    if (overMs > 1e-6) return Math.max(1, Math.ceil(overMs));
    evenAtMs = nextMs;
    return 0;
  };
}
