import { forever } from "../src/index.ts";

/** One thing that was said: an assert with what it says, or a retract. Times are ms; the interval is half-open. */
export interface Telling<T> {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly says: T | undefined;
}

/** The whole truth in one sentence: as of (v, s), a thing is what the last telling until s whose interval holds v said. */
export function asOfOracle<T>(tellings: readonly Telling<T>[], validMs: number, systemMs: number): T | undefined {
  let answer: T | undefined;
  for (const { atMs, fromMs, toMs, says } of tellings) {
    if (atMs <= systemMs && fromMs <= validMs && validMs < toMs) answer = says;
  }
  return answer;
}

/** The moments at which an answer can change, with their neighbours, so that no edge goes unasked. */
export function edgesOf(tellings: readonly Telling<unknown>[]): readonly number[] {
  const edges = tellings.flatMap(({ atMs, fromMs, toMs }) => [atMs, fromMs, toMs]);
  const moments = [0, ...edges, ...edges.map((at) => at - 1)].filter((at) => at >= 0 && at < forever);
  return [...new Set(moments)].toSorted((left, right) => left - right);
}
