/** What one way of doing the work took, beside the first way. */
export interface Timing {
  readonly name: string;
  /** Nanoseconds for one item: the tenth percentile of all rounds, which is the work with little of the noise. */
  readonly ns: number;
  /** How many times faster than the first way: by that percentile, and the median of the rounds. */
  readonly ratio: number;
  readonly median: number;
}

let sink = 0;

/** Runs all ways in turn, round after round, so that what disturbs the machine disturbs them alike. */
export function interleave(
  ways: readonly (readonly [name: string, work: () => number])[],
  items: number,
  { rounds = 150, batchMs = 2 }: { readonly rounds?: number; readonly batchMs?: number } = {},
): readonly Timing[] {
  const repeats = ways.map(([, work]) => {
    const begun = performance.now();
    let runs = 0;
    while (performance.now() - begun < 150 || runs < 3) {
      sink += work();
      runs += 1;
    }
    return Math.max(1, Math.round((batchMs * runs) / (performance.now() - begun)));
  });
  const took = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, work]] of ways.entries()) {
      const times = repeats[index] ?? 1;
      const begun = performance.now();
      for (let run = 0; run < times; run += 1) sink += work();
      took[index]?.push(((performance.now() - begun) * 1e6) / times / items);
    }
  }
  if (sink === 0) throw new Error("The work gave nothing.");
  const first = took[0] ?? [];
  return ways.map(([name], index) => {
    const mine = took[index] ?? [];
    const ratios = mine.map((ns, round) => (first[round] ?? Number.NaN) / ns);
    const ns = quantile(mine, 0.1);
    return { name, ns, ratio: quantile(first, 0.1) / ns, median: quantile(ratios, 0.5) };
  });
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}
