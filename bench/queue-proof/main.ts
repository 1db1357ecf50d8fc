// Proofs of the queue with real processes: `--kills 1000` on one file, `--wakes 10000` across processes, `--block 60` seconds.
import { parseArgs } from "node:util";
import { crashAndCount } from "../../packages/queue/test/crash-world.ts";
import { blockAndCount, wakeAndCount } from "./processes.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    owners: { type: "string", default: "4" },
    wakes: { type: "string", default: "1000" },
    block: { type: "string", default: "5" },
  },
});
const quantile = (numbers: readonly number[], part: number): number | undefined =>
  numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part)];
const spread = (numbers: readonly number[]): object => ({
  p50: quantile(numbers, 0.5),
  p99: quantile(numbers, 0.99),
  max: quantile(numbers, 1),
  n: numbers.length,
});
let failed = false;

if (Number(values.kills) > 0) {
  const begun = performance.now();
  const report = await crashAndCount({
    kills: Number(values.kills),
    owners: Number(values.owners),
    seed: Math.floor(performance.timeOrigin),
  });
  console.log("kills", {
    seconds: Math.round((performance.now() - begun) / 1000),
    kills: report.kills,
    jobs: report.jobs,
    executions: report.starts,
    lostAttempts: report.lostAttempts,
    jobsLostOrDoubled: report.wrong.length,
    executionsNotOnRecord: report.unrecorded.length,
    faults: report.faults.length,
    restartMs: spread(report.restartMs),
    takeoverMs: spread(report.takeoverMs),
  });
  const wrong = [...report.faults, ...report.wrong, ...report.unrecorded];
  for (const fault of wrong.slice(0, 10)) console.log(fault);
  failed ||= wrong.length > 0;
}
if (Number(values.wakes) > 0) {
  const { ms, late, idleCpuPercent } = await wakeAndCount(Number(values.wakes));
  console.log("wakes across processes", { ms: spread(ms), late, idleCpuPercent });
  failed ||= late > 0;
}
if (Number(values.block) > 0) {
  const { starts, effects } = await blockAndCount(Number(values.block) * 1000);
  console.log("blocked event loop", { seconds: Number(values.block), starts, effects });
  failed ||= starts !== 1 || effects !== 1;
}
process.exitCode = failed ? 1 : 0;
