import { refused } from "./check-value.ts";
import { forever } from "./forever.ts";

/** A stretch of time in whole ms since 1970, half-open: `fromMs` belongs to it, `toMs` does not. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** All of time. */
export const always: Interval = { fromMs: 0, toMs: forever };

/** Tells whether a moment lies in an interval. */
export function holds(interval: Interval, atMs: number): boolean {
  return interval.fromMs <= atMs && atMs < interval.toMs;
}

/** Tells whether two intervals share a moment; an empty one shares none. */
export function overlaps(left: Interval, right: Interval): boolean {
  return Math.max(left.fromMs, right.fromMs) < Math.min(left.toMs, right.toMs);
}

/** Tells whether an interval lies in another one. */
export function covers(outer: Interval, inner: Interval): boolean {
  return outer.fromMs <= inner.fromMs && inner.toMs <= outer.toMs;
}

/** What is left of an interval once `hole` is taken out of it: the part before and the part after, where there are such. */
export function cutOut(
  interval: Interval,
  hole: Interval,
): { readonly before: Interval | undefined; readonly after: Interval | undefined } {
  if (!overlaps(interval, hole)) throw new RangeError("The intervals do not overlap.");
  return {
    before: interval.fromMs < hole.fromMs ? { fromMs: interval.fromMs, toMs: hole.fromMs } : undefined,
    after: hole.toMs < interval.toMs ? { fromMs: hole.toMs, toMs: interval.toMs } : undefined,
  };
}

/** For when a change holds. Left out, it holds from now on, without end. */
export interface Validity {
  /** From when on it is so, in ms since 1970: earlier than now for what is learned late, later for what is to come. */
  readonly validFromMs?: number;
  /** Until when, in ms since 1970, this moment no longer included. */
  readonly validToMs?: number;
}

/** Makes the interval of a change at `atMs`: from then on, or as given. Throws StoreError INVALID_VALUE. [S31] */
export function changeInterval(given: Validity, atMs: number): Interval {
  const { validFromMs = atMs, validToMs = forever } = given;
  if (!Number.isSafeInteger(validFromMs) || validFromMs < 0) {
    throw refused("validFromMs", validFromMs, "whole milliseconds since 1970");
  }
  if (!Number.isSafeInteger(validToMs) || validToMs <= validFromMs) {
    throw refused("validToMs", validToMs, `whole milliseconds since 1970, later than validFromMs (${validFromMs})`);
  }
  return { fromMs: validFromMs, toMs: validToMs };
}
