// The queue beside raw inserts, plainjob, BullMQ, graphile-worker and pg-boss, in rounds: `--jobs 50000 --rounds 3 --big 1000000`.
// The rivals take part with `--rivals`: BullMQ where there is a Redis, the two on PostgreSQL where there is one. Compare
// ratios, and only within one class of durability: F is on disk before the caller hears of it, N survives the death of the
// process. A family (`--family 10000`) is a parent and its children. Ends with the goals: kept or missed in this run.
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bigTable } from "./big-table.ts";
import type { BigTable } from "./big-table.ts";
import { bullmqSide } from "./bullmq.ts";
import { goalsOf } from "./goals.ts";
import type { Measured } from "./goals.ts";
import { graphileSide } from "./graphile.ts";
import { kinglySide } from "./kingly.ts";
import { pgbossSide } from "./pgboss.ts";
import { plainjobSide } from "./plainjob.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { rawSide } from "./raw.ts";
import { quantile } from "./side.ts";
import type { Drained, Side } from "./side.ts";
import { oneUnit } from "./one-unit.ts";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "50000" },
    adds: { type: "string", default: "400" },
    rounds: { type: "string", default: "3" },
    family: { type: "string", default: "10000" },
    big: { type: "string", default: "0" },
    rivals: { type: "boolean", default: false },
  },
});
const jobs = Number(values.jobs);
const adds = Number(values.adds);
const rounds = Number(values.rounds);

const folder = mkdtempSync(join(tmpdir(), "kingly-bench-queue-"));
let files = 0;
const newPath = (): string => join(folder, `${(files += 1)}.db`);

const cluster = values.rivals ? await startPostgres() : "rivals take part with --rivals";
const sides: Side[] = [
  rawSide(newPath, "F"),
  rawSide(newPath, "N"),
  rawSide(newPath, "F", true),
  rawSide(newPath, "N", true),
  await kinglySide(newPath, "F", { concurrency: 512 }),
  await kinglySide(newPath, "N", { concurrency: 512 }),
  await kinglySide(newPath, "F", { concurrency: 512, events: true }),
];
const stops: (() => void)[] = typeof cluster === "string" ? [] : [cluster.stop];
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const stop of stops.splice(0)) stop();
    process.exit(1);
  });
}
if (values.rivals) {
  sides.push(await plainjobSide(newPath));
  for (const durability of ["F", "N"] as const) {
    const redis = await startRedis(durability === "F" ? "always" : "everysec");
    if (typeof redis === "string") console.log(`BullMQ: ${redis}`);
    else {
      stops.push(redis.stop);
      sides.push(await bullmqSide(redis, durability));
    }
  }
}
if (typeof cluster !== "string") {
  sides.push(await graphileSide(cluster.url), await pgbossSide(cluster.url));
} else console.log(`graphile-worker and pg-boss: ${cluster}`);

interface Taken {
  readonly adds: number[];
  readonly crowds: number[];
  readonly latencies: number[];
  readonly drains: Drained[];
  readonly families: number[];
}
const load = loadavg()[0] ?? 0;
const results = new Map<Side, Taken>(
  sides.map((side) => [side, { adds: [], crowds: [], latencies: [], drains: [], families: [] }]),
);
for (let round = 0; round < rounds; round += 1) {
  for (const [side, taken] of results) {
    console.error(`round ${round + 1}: ${side.name} ${side.durability}`);
    // A sync takes ten times as long: fewer of them.
    const some = side.durability === "F" ? adds : 5 * adds;
    taken.adds.push(await side.adds(some));
    if (side.crowd !== undefined) taken.crowds.push(await side.crowd(5 * adds));
    taken.latencies.push(...((await side.latencies?.(200)) ?? []));
    const drained = await side.drain?.(jobs);
    if (drained !== undefined) taken.drains.push(drained);
    const ms = await side.family?.(Number(values.family));
    if (ms !== undefined) taken.families.push(ms);
  }
}

const measured: Measured[] = Array.from(results, ([side, taken]) => ({
  name: side.name,
  durability: side.durability,
  addsPerSecond: quantile(taken.adds, 0.5),
  crowdPerSecond: quantile(taken.crowds, 0.5),
  startMs: { p50: quantile(taken.latencies, 0.5), p99: quantile(taken.latencies, 0.99) },
  drainPerSecond: quantile(
    taken.drains.map((each) => each.perSecond),
    0.5,
  ),
  cpuUs: quantile(
    taken.drains.map((each) => each.cpuUs),
    0.5,
  ),
  familyMs: quantile(taken.families, 0.5),
}));
const whole = (value: number): string => (Number.isNaN(value) ? "" : Math.round(value).toLocaleString("en-US"));
const ms = (value: number): string => (Number.isNaN(value) ? "" : value.toPrecision(2));
console.log(`Load average before: ${load.toFixed(1)}. Medians of ${rounds} rounds; start is p50 / p99 of all.`);
console.log(
  "| side | class | add/s, awaited | add/s, 50 in flight | start ms | drain jobs/s | us CPU a job | family ms |",
);
console.log("|---|---|---|---|---|---|---|---|");
for (const side of measured) {
  const start = Number.isNaN(side.startMs.p50) ? "" : `${ms(side.startMs.p50)} / ${ms(side.startMs.p99)}`;
  console.log(
    `| ${side.name} | ${side.durability} | ${whole(side.addsPerSecond)} | ${whole(side.crowdPerSecond)} | ${start} | ${whole(side.drainPerSecond)} | ${Number.isNaN(side.cpuUs) ? "" : side.cpuUs.toFixed(1)} | ${whole(side.familyMs)} |`,
  );
}
const unitMs = await oneUnit(newPath(), 2000);
console.log(
  `\nA business row, an event row and a job in one unit: p50 ${ms(unitMs.p50)} ms, p99 ${ms(unitMs.p99)} ms (F)`,
);
const big: BigTable[] = [];
if (Number(values.big) > 0) {
  for (const pending of [0, Number(values.big)]) {
    const table = await bigTable(newPath(), pending);
    big.push(table);
    console.log(
      `${whole(table.rows)} rows more than are claimed: claim p50 ${table.claimMs.p50.toFixed(3)} ms, p99 ${table.claimMs.p99.toFixed(3)} ms; drain ${whole(table.drained.perSecond)}/s, ${table.drained.cpuUs.toFixed(1)} us CPU/job`,
    );
  }
}
console.log("\n| goal | asked | measured | |");
console.log("|---|---|---|---|");
for (const goal of goalsOf(measured, { big, unitMs: unitMs.p50 })) {
  console.log(`| ${goal.what} | ${goal.asked} | ${goal.measured} | ${goal.kept ? "kept" : "missed"} |`);
}
for (const side of sides) await side.close();
for (const stop of stops.splice(0)) stop();
rmSync(folder, { recursive: true, force: true });
