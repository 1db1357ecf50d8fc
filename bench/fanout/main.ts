// How long until the last of many followers has an event, and the CPU of a delivery: the link beside ws, socket.io and
// SSE in interleaved rounds; and through the whole house, from the orchestrator's row to the last socket. See --help.
import { loadavg, tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cpuBetween, readProcessCpu } from "../reply/process-cpu.ts";
import { median, quantile, range } from "../reply/quantiles.ts";
import { startProcess } from "../reply/started-process.ts";
import type { FollowedKind } from "./open-follower.ts";
import { serve } from "./serve.ts";

const { values } = parseArgs({
  options: {
    followers: { type: "string", default: "100,500,1000" },
    deliveries: { type: "string", default: "10000" },
    rounds: { type: "string", default: "5" },
    sides: { type: "string", default: "ws,link,socket.io,sse" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`pnpm bench fanout [options]

  --followers 100,500,1000   how many follow one log
  --deliveries 10000         of each side in each round: events times followers, at 2,500 a second
  --rounds 5                 rounds of each; the sides take turns
  --sides ws,link,socket.io,sse   and gateway: the house, from the row's own time (ms) to the last follower`);
  process.exit(0);
}
const sides = values.sides.split(",") as FollowedKind[];
const deliveriesPerSecond = 2500;

interface Fanned {
  readonly waits: Float64Array;
  readonly usPerDelivery: number;
  readonly missing: number;
}

async function fan(kind: FollowedKind, followers: number): Promise<Fanned> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-followers-"));
  const served = await serve(kind);
  const { host, token, workspace } = served;
  const plan = { kind, host, token, workspace, followers };
  const crowd = await startProcess(join(import.meta.dirname, "followers.ts"), {
    cwd: folder,
    logPath: join(folder, "log"),
    parameters: [JSON.stringify(plan)],
  });
  try {
    const perSecond = Math.max(2, deliveriesPerSecond / followers);
    const events = Math.max(20, Math.ceil(Number(values.deliveries) / followers));
    // The first ones are for the compiler.
    await served.publish(10, perSecond);
    const warm = (await crowd.ask<{ readonly waits: readonly number[] }>({})).waits.length;
    const before = readProcessCpu(served.pid());
    await served.publish(events, perSecond);
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    const used = cpuBetween(before, readProcessCpu(served.pid()));
    const { waits, missing } = await crowd.ask<{ readonly waits: readonly number[]; readonly missing: number }>({});
    const measured = Float64Array.from(waits.slice(warm));
    const usPerDelivery =
      used === undefined ? Number.NaN : (used.mainUs + used.othersUs) / (measured.length * followers);
    return { waits: measured, usPerDelivery, missing };
  } finally {
    await crowd.stop();
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(`load average before ${loadavg()[0]?.toFixed(1)}; ms until the last follower has an event`);
for (const followers of values.followers.split(",").map(Number)) {
  const rounds: Map<FollowedKind, Fanned>[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const fanned = new Map<FollowedKind, Fanned>();
    for (const kind of sides) fanned.set(kind, await fan(kind, followers));
    rounds.push(fanned);
  }
  console.log(
    `\n${followers} followers${" ".repeat(12)}p50     p99     max  events   us CPU a delivery   p50 / ${sides[0]}`,
  );
  for (const kind of sides) {
    const fanned = rounds.map((round) => round.get(kind) as Fanned);
    const waits = Float64Array.from(fanned.flatMap((one) => [...one.waits])).toSorted();
    const p50Of = (one: Fanned | undefined): number => quantile((one?.waits ?? new Float64Array()).toSorted(), 0.5);
    const ratio = range(rounds.map((round) => p50Of(round.get(kind)) / p50Of(round.get(sides[0] as FollowedKind))));
    const cells = [0.5, 0.99, 1].map((share) => quantile(waits, share).toFixed(2).padStart(8)).join("");
    const us = median(fanned.map((one) => one.usPerDelivery)).toFixed(1);
    const missing = fanned.reduce((sum, one) => sum + one.missing, 0);
    console.log(
      `  ${kind.padEnd(14)}${cells}${String(waits.length).padStart(8)}${us.padStart(12)}          ${ratio}${missing > 0 ? `; ${missing} events did not reach everybody` : ""}`,
    );
    if (missing > 0 && (kind === "link" || kind === "gateway")) process.exitCode = 1;
  }
}
console.log(`\nload average after ${loadavg()[0]?.toFixed(1)}`);
