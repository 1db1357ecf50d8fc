import { expect, test } from "vitest";
import { runChaos } from "../bench/chaos/run-chaos.ts";

test("[G3][G6][G8][G12] both apps killed again and again behind bad networks: every utterance once, every row to everybody, the board as the store", async () => {
  const report = await runChaos({ people: 10, saysOfEach: 500, faultMs: 2500, killMs: 1000, seed: 7 });
  expect(report.wrong).toEqual([]);
  expect(report.up).toEqual({ expected: 5000, lost: 0, doubled: 0, reordered: 0 });
  expect(report.down).toEqual({ expected: 10 * report.rows, lost: 0, doubled: 0, reordered: 0 });
  expect(report.down.expected).toBeGreaterThan(100_000);
  expect(Math.min(report.kills.gateway, report.kills.orchestrator)).toBeGreaterThan(0);
}, 300_000);
