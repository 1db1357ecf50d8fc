import { expect, test } from "vitest";
import { crashAndCount } from "./crash-world.ts";

test(
  "[Q10][Q11][Q19][Q20] four processes on one file, killed 200 times: no job lost or doubled, each execution on record",
  { timeout: 400_000 },
  async () => {
    const report = await crashAndCount({ kills: 200, owners: 4, seed: 20_261_122 });
    expect(report.kills).toBe(200);
    expect(report.wrong).toEqual([]);
    expect(report.unrecorded).toEqual([]);
    // Nobody met a locked database, and nothing else was logged than the news of a crash.
    expect(report.faults).toEqual([]);
    // The kills did hit jobs, and their owners took some of them back themselves.
    expect(report.lostAttempts).toBeGreaterThan(100);
    expect(report.restartMs.length).toBeGreaterThan(20);
  },
);
