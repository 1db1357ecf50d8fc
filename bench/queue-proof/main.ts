// Proofs of the queue, each on its own or together: `--kills 1000` of four processes on one file, `--wakes 10000` across
// processes, `--block 60` seconds in a handler, `--crowd 600` seconds of four processes on one file, `--timers 100000`
// beside jobs that become due, `--cancels 500` here and across, `--steps 1000000` at random against keys and rates,
// `--types 100` to type-check. Only what is named is run.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { crashAndCount } from "../../packages/queue/test/crash-world.ts";
import { crowdFile } from "./crowd.ts";
import { cancelHere, fireDelayed } from "./in-time.ts";
import { breakLimits } from "./limits.ts";
import { checkTypes } from "./many-types.ts";
import { blockAndCount, cancelAcross, wakeAndCount } from "./processes.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "0" },
    owners: { type: "string", default: "4" },
    wakes: { type: "string", default: "0" },
    block: { type: "string", default: "0" },
    crowd: { type: "string", default: "0" },
    timers: { type: "string", default: "0" },
    cancels: { type: "string", default: "0" },
    steps: { type: "string", default: "0" },
    types: { type: "string", default: "0" },
    seed: { type: "string", default: String(Math.floor(performance.timeOrigin)) },
  },
});
if (process.argv.length < 3) {
  values.kills = "100";
  values.wakes = "1000";
  values.block = "5";
}
console.log("load average", loadavg()[0]?.toFixed(1));
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
    seed: Number(values.seed),
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
if (Number(values.crowd) > 0) {
  const { adds, ms, errors, wrong } = await crowdFile(4, Number(values.crowd));
  console.log("four processes", { seconds: Number(values.crowd), adds, errors, wrong, addMs: spread(ms) });
  failed ||= errors.length > 0 || wrong !== 0;
}
if (Number(values.timers) > 0) console.log("delayed", { lateMs: spread(await fireDelayed(Number(values.timers))) });
if (Number(values.cancels) > 0) {
  console.log("cancel in process", { ms: spread(await cancelHere(Number(values.cancels))) });
  console.log("cancel across processes", { ms: spread(await cancelAcross(Number(values.cancels))) });
}
if (Number(values.steps) > 0) {
  const report = await breakLimits(4, Number(values.steps), Number(values.seed) % 1_000_000);
  console.log("keys and rates", report);
  failed ||= report.keyExceeded > 0 || report.rateExceeded > 0;
}
if (Number(values.types) > 0) {
  const runs = (types: number): number | undefined =>
    quantile(
      [1, 2, 3, 4, 5].map(() => checkTypes(types)),
      0.5,
    );
  console.log("type-check, ms", { [`with ${values.types} types`]: runs(Number(values.types)), withOne: runs(1) });
}
process.exitCode = failed ? 1 : 0;
