import { forever } from "../src/index.ts";

/** One thing that was said: what it makes of what was so before, undefined for nothing. Times are ms, half-open. */
export interface Telling<T> {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly says: (before: T | undefined) => T | undefined;
}

/** The whole truth: as of (v, s), a thing is what the tellings until s whose interval holds v made of it, in order. */
export function asOfOracle<T>(tellings: readonly Telling<T>[], validMs: number, systemMs: number): T | undefined {
  let answer: T | undefined;
  for (const { atMs, fromMs, toMs, says } of tellings) {
    if (atMs <= systemMs && fromMs <= validMs && validMs < toMs) answer = says(answer);
  }
  return answer;
}

/** The moments at which an answer can change, with their neighbours, so that no edge goes unasked. */
export function edgesOf(tellings: readonly Pick<Telling<unknown>, "atMs" | "fromMs" | "toMs">[]): readonly number[] {
  const edges = tellings.flatMap(({ atMs, fromMs, toMs }) => [atMs, fromMs, toMs]);
  const moments = [0, ...edges, ...edges.map((at) => at - 1)].filter((at) => at >= 0 && at < forever);
  return [...new Set(moments)].toSorted((left, right) => left - right);
}
