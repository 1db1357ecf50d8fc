import { expect, test } from "vitest";
import { createMetrics } from "../src/metrics.ts";
import { createSnapshots } from "../src/snapshots.ts";

const budget = { refused: () => 0 };
const rates = { refused: () => ({ say: 0, ask: 0, draft: 0, open: 0 }) };

test("[G40] the delay of the event loop is told from scrape to scrape, without the sampler's own 5 ms", async () => {
  const samples: number[] = [];
  const loop = {
    get count() {
      return samples.length;
    },
    get max() {
      return Math.max(0, ...samples);
    },
    percentile: (percent: number) =>
      samples.toSorted((a, b) => a - b)[Math.ceil((samples.length * percent) / 100) - 1] ?? 511,
    reset: () => void (samples.length = 0),
  };
  const metrics = createMetrics({ all: () => [] }, () => 0, { rates, budget, snapshots: createSnapshots() }, loop);
  const read = async (name: string): Promise<number> => {
    const { body } = await metrics.text();
    return Number(new RegExp(`^kingly_event_loop_delay_${name}_seconds (.+)$`, "m").exec(body)?.[1]);
  };
  // On time, which the system rounds to a little less than due; then one 40 ms late.
  samples.push(...Array.from({ length: 200 }, () => 4_990_000), 45_000_000);
  expect(await read("max")).toBeCloseTo(0.04);
  expect(await read("max")).toBe(0);
  samples.push(7_000_000);
  expect(await read("p99")).toBeCloseTo(0.002);
  expect(await read("p99")).toBe(0);
});
