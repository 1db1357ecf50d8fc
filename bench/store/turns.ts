/** One way to do a thing; it is timed from its call until it settled. */
export interface Way {
  readonly name: string;
  /** `index` counts the calls, from 0. */
  readonly work: (index: number) => unknown;
}

/** How long one call of a way took, in ms, and how many times the first way that is. */
export interface Taken {
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly ratio: number;
}

/** Calls each way `calls` times a round, ways in turn, after a round that is thrown away. */
export async function takeTurns(
  ways: readonly Way[],
  { rounds, calls }: { readonly rounds: number; readonly calls: number },
): Promise<readonly Taken[]> {
  const took = ways.map((): number[] => []);
  const indices = ways.map(() => 0);
  for (let round = -1; round < rounds; round += 1) {
    for (const [which, { work }] of ways.entries()) {
      for (let call = 0; call < (round < 0 ? Math.min(calls, 200) : calls); call += 1) {
        const begun = performance.now();
        const result = work((indices[which] = (indices[which] ?? 0) + 1));
        if (result instanceof Promise) await result;
        if (round >= 0) took[which]?.push(performance.now() - begun);
      }
    }
  }
  const first = quantile(took[0] ?? [], 0.5);
  return ways.map(({ name }, which) => {
    const mine = took[which] ?? [];
    const p50Ms = quantile(mine, 0.5);
    return { name, p50Ms, p99Ms: quantile(mine, 0.99), ratio: p50Ms / first };
  });
}

/** Tells the ways of one thing, the first of them being the limit or the rival. */
export function tell(thing: string, taken: readonly Taken[]): void {
  for (const [index, { name, p50Ms, p99Ms, ratio }] of taken.entries()) {
    console.log(
      `${(index === 0 ? thing : "").padEnd(30)}${name.padEnd(26)}p50 ${ms(p50Ms)}  p99 ${ms(p99Ms)}` +
        (index === 0 || Number.isNaN(ratio) ? "" : `  ${ratio.toFixed(ratio < 10 ? 2 : 0)}x`),
    );
  }
}

const ms = (value: number): string => `${value.toFixed(value < 0.1 ? 4 : value < 10 ? 2 : 1).padStart(8)} ms`;

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
