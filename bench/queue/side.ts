/** One queue, or the bare limit, that takes its turn in each round. */
export interface Side {
  readonly name: string;
  /** `F`: on disk before the caller hears of it. `N`: survives the death of the process, not the loss of power. */
  readonly durability: "F" | "N";
  /** Adds one job after the other, each awaited. Returns adds/s. */
  adds(count: number): Promise<number>;
  /** Adds jobs with 50 in flight. Returns adds/s. */
  crowd?(count: number): Promise<number>;
  /** Adds one job to an idle queue, again and again. Returns ms from its commit to its handler. */
  latencies?(count: number): Promise<number[]>;
  /** Works jobs that do nothing. CPU is that of this process, in microseconds for each job. */
  drain?(count: number): Promise<Drained>;
  /** Adds a parent with so many children less one, runs them, then the parent. Returns ms. */
  family?(nodes: number): Promise<number>;
  close(): Promise<void>;
}

export interface Drained {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** Measures `work` over `count` jobs. */
export async function measured(count: number, work: () => Promise<void>): Promise<Drained> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await work();
  const perSecond = (count / (performance.now() - begun)) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond, cpuUs: (user + system) / count };
}

/** Runs `one` so many times, in turn. Returns how many a second. */
export async function inTurn(count: number, one: (index: number) => unknown): Promise<number> {
  const begun = performance.now();
  for (let index = 0; index < count; index += 1) await one(index);
  return (count / (performance.now() - begun)) * 1000;
}

/** Runs `one` so many times, 50 at once. Returns how many a second. */
export async function inFlight(count: number, one: (index: number) => unknown): Promise<number> {
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (next < count) {
        next += 1;
        await one(next);
      }
    }),
  );
  return (count / (performance.now() - begun)) * 1000;
}

/** The value below which `part` of the values lie. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
