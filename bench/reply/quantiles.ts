import type { Waits } from "./plan.ts";

/** Joins one kind of waiting of many sides, sorted. */
export function pool<T>(sides: readonly T[], pick: (side: T) => Waits): Waits {
  const join = (key: keyof Waits): Float64Array =>
    Float64Array.from(sides.flatMap((side) => [...pick(side)[key]])).toSorted();
  return { fromSend: join("fromSend"), fromSchedule: join("fromSchedule") };
}

/** Reads a quantile of sorted values; not a number when there are none. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Reads a quantile of what was waited from send, unsorted. */
export function at(waits: Waits, share: number): number {
  return quantile(waits.fromSend.toSorted(), share);
}

/** Writes ratios as their median, with the least and the most. */
export function range(values: readonly number[]): string {
  if (values.length === 0 || values.some(Number.isNaN)) return "?";
  return `${median(values).toFixed(2)}x (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}

/** Returns the middle value, or the middle of the two that are. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
