// The queue beside raw inserts, plainjob, graphile-worker and pg-boss, in rounds: `--jobs 20000 --rounds 3 --big 1000000`.
// The rivals take part with `--rivals`; the two on PostgreSQL where the machine has one. Compare ratios, and only within
// one class of durability: F is on disk before the caller hears of it, N survives the death of the process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bigTable } from "./big-table.ts";
import { graphileSide } from "./graphile.ts";
import { kinglySide } from "./kingly.ts";
import { pgbossSide } from "./pgboss.ts";
import { plainjobSide } from "./plainjob.ts";
import { startPostgres } from "./postgres.ts";
import { rawSide } from "./raw.ts";
import { quantile } from "./side.ts";
import type { Drained, Side } from "./side.ts";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "20000" },
    adds: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
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
  await kinglySide(newPath, "F", { concurrency: 512 }),
  await kinglySide(newPath, "N", { concurrency: 512 }),
  await kinglySide(newPath, "F", { concurrency: 512, events: true }),
];
if (values.rivals) sides.push(await plainjobSide(newPath));
if (typeof cluster !== "string") sides.push(await graphileSide(cluster.url), await pgbossSide(cluster.url));
else console.log(`graphile-worker and pg-boss: ${cluster}`);
if (values.rivals) console.log("BullMQ: needs a Redis server; not measured");

interface Measured {
  readonly adds: number[];
  readonly latencies: number[];
  readonly drains: Drained[];
}
const results = new Map<Side, Measured>(sides.map((side) => [side, { adds: [], latencies: [], drains: [] }]));
for (let round = 0; round < rounds; round += 1) {
  for (const [side, result] of results) {
    result.adds.push(await side.adds(adds));
    result.latencies.push(...((await side.latencies?.(200)) ?? []));
    const drained = await side.drain?.(jobs);
    if (drained !== undefined) result.drains.push(drained);
  }
}

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const [rawF, rawN] = sides.map((side) => quantile(results.get(side)?.adds ?? [], 0.5));
console.log(`${"".padEnd(40)}class  awaited add/s  x raw   start p50 / p99 ms     drain jobs/s  us CPU/job`);
for (const [side, result] of results) {
  const addsPerSecond = quantile(result.adds, 0.5);
  const raw = (side.durability === "F" ? rawF : rawN) ?? Number.NaN;
  const latency =
    result.latencies.length === 0
      ? ""
      : `${quantile(result.latencies, 0.5).toFixed(3)} / ${quantile(result.latencies, 0.99).toFixed(3)}`;
  const drain = quantile(
    result.drains.map((each) => each.perSecond),
    0.5,
  );
  const cpu = quantile(
    result.drains.map((each) => each.cpuUs),
    0.5,
  );
  console.log(
    `${side.name.padEnd(40)}${side.durability.padEnd(7)}${whole(addsPerSecond).padStart(13)}${(addsPerSecond / raw).toFixed(2).padStart(7)}${latency.padStart(21)}${(Number.isNaN(drain) ? "" : whole(drain)).padStart(17)}${(Number.isNaN(cpu) ? "" : cpu.toFixed(1)).padStart(12)}`,
  );
}
if (Number(values.big) > 0) {
  for (const pending of [0, Number(values.big)]) {
    const { rows, claimMs, drained } = await bigTable(newPath(), pending);
    console.log(
      `${whole(rows)} rows more than are claimed: claim p50 ${claimMs.p50.toFixed(3)} ms, p99 ${claimMs.p99.toFixed(3)} ms; drain ${whole(drained.perSecond)}/s, ${drained.cpuUs.toFixed(1)} us CPU/job`,
    );
  }
}
for (const side of sides) await side.close();
if (typeof cluster !== "string") cluster.stop();
rmSync(folder, { recursive: true, force: true });
