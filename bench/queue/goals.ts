import type { BigTable } from "./big-table.ts";

/** What one side did; NaN where it took no part. */
export interface Measured {
  readonly name: string;
  readonly durability: "F" | "N";
  readonly addsPerSecond: number;
  readonly crowdPerSecond: number;
  readonly startMs: { readonly p50: number; readonly p99: number };
  readonly drainPerSecond: number;
  readonly cpuUs: number;
  readonly familyMs: number;
}

interface Goal {
  readonly what: string;
  readonly asked: string;
  readonly measured: string;
  readonly kept: boolean;
}

/** Says of each goal that one process can show whether this run kept it. Those that need a rival are told only with it. */
export function goalsOf(
  sides: readonly Measured[],
  { big, unitMs }: { readonly big: readonly BigTable[]; readonly unitMs: number },
): Goal[] {
  const side = (name: string, durability?: "F" | "N"): Measured | undefined =>
    sides.find((each) => each.name.startsWith(name) && (durability ?? each.durability) === each.durability);
  const goals: Goal[] = [];
  const atMost = (what: string, value: number, limit: number, unit: string): void =>
    void goals.push({ what, asked: `<= ${limit} ${unit}`, measured: show(value), kept: value <= limit });
  const atLeast = (what: string, value: number | undefined, limit: number, unit: string): void => {
    if (value === undefined || Number.isNaN(value)) return;
    goals.push({
      what,
      asked: `>= ${limit.toLocaleString("en-US")} ${unit}`,
      measured: show(value),
      kept: value >= limit,
    });
  };
  const nan = { p50: Number.NaN, p99: Number.NaN };
  const none: Measured = {
    name: "",
    durability: "F",
    addsPerSecond: Number.NaN,
    crowdPerSecond: Number.NaN,
    startMs: nan,
    drainPerSecond: Number.NaN,
    cpuUs: Number.NaN,
    familyMs: Number.NaN,
  };
  const [f, n] = [side("kingly", "F") ?? none, side("kingly", "N") ?? none];
  const rawOf = (durability: "F" | "N", more = ""): Measured =>
    side(`raw better-sqlite3 insert${more}`, durability) ?? none;
  const rival = (name: string, durability?: "F" | "N"): Measured => side(name, durability) ?? none;
  const [bullF, bullN] = [rival("BullMQ", "F"), rival("BullMQ", "N")];
  const [graphile, boss, plain] = [rival("graphile"), rival("pg-boss"), rival("plainjob")];

  atMost("1 start after commit, NORMAL, p50", n.startMs.p50, 0.1, "ms");
  atMost("1 start after commit, NORMAL, p99", n.startMs.p99, 0.5, "ms");
  atMost("1 start after commit, FULL, p50", f.startMs.p50, 0.3, "ms");
  atMost("1 start after commit, FULL, p99", f.startMs.p99, 5, "ms");
  atLeast("1 start below BullMQ's, NORMAL", bullN.startMs.p50 / n.startMs.p50, 10, "x");
  atLeast("1 start below graphile-worker's, FULL", graphile.startMs.p50 / f.startMs.p50, 20, "x");
  atLeast("1 start below pg-boss's, FULL", boss.startMs.p50 / f.startMs.p50, 20, "x");
  for (const [class_, ours] of [
    ["FULL", f],
    ["NORMAL", n],
  ] as const) {
    const durability = class_ === "FULL" ? "F" : "N";
    atLeast(
      `3 awaited add beside a bare row, ${class_}`,
      ours.addsPerSecond / rawOf(durability).addsPerSecond,
      0.9,
      "x",
    );
    const kept = rawOf(durability, ", indexes").addsPerSecond;
    atLeast(`3 awaited add beside a row with indexes and counter, ${class_}`, ours.addsPerSecond / kept, 0.9, "x");
  }
  atLeast("3 awaited add beside plainjob's, NORMAL", n.addsPerSecond / plain.addsPerSecond, 1.5, "x");
  atLeast("3 50 in flight beside raw inserts, FULL", f.crowdPerSecond / rawOf("F").addsPerSecond, 8, "x");
  atLeast("3 50 in flight beside BullMQ's, NORMAL", n.crowdPerSecond / bullN.crowdPerSecond, 5, "x");
  atLeast("4 drain, NORMAL", n.drainPerSecond, 40_000, "jobs/s");
  atMost("4 CPU a job, NORMAL", n.cpuUs, 20, "us");
  atLeast("4 drain with an event row per transition, FULL", side("kingly, an event")?.drainPerSecond, 15_000, "jobs/s");
  atLeast("4 drain beside plainjob's, NORMAL", n.drainPerSecond / plain.drainPerSecond, 8, "x");
  atLeast("4 drain beside BullMQ's, NORMAL", n.drainPerSecond / bullN.drainPerSecond, 8, "x");
  atLeast("4 drain beside graphile-worker's, FULL", f.drainPerSecond / graphile.drainPerSecond, 3, "x");
  const [empty, full] = big;
  if (empty !== undefined && full !== undefined) {
    atMost("5 claim beside all these rows, p99", full.claimMs.p99, 1, "ms");
    atLeast("5 claim rate of the empty table's, by p50", empty.claimMs.p50 / full.claimMs.p50, 0.9, "x");
  }
  atMost("9 row, event and job in one unit, p50", unitMs, 0.1, "ms");
  atMost("12 family of 10,000, FULL", f.familyMs, 1000, "ms");
  atLeast("12 family beside BullMQ's FlowProducer, FULL", bullF.familyMs / f.familyMs, 10, "x");
  atLeast("12 family beside BullMQ's FlowProducer, NORMAL", bullN.familyMs / n.familyMs, 10, "x");
  return goals;
}

const show = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2);
