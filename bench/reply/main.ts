// How long a person waits for Kingly's first reply and for its durable one, beside echoes of ws, socket.io and SSE, in
// interleaved rounds, open loop. Exit code 1 when a reply was lost or the p99 of the first one misses 50 ms. See --help.
import { fork } from "node:child_process";
import { join } from "node:path";
import { availableParallelism, cpus, loadavg } from "node:os";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { measureMemory } from "./measure-memory.ts";
import { countOnceEach } from "./once-each.ts";
import { readOptions, usage } from "./options.ts";
import type { BenchOptions, Load } from "./options.ts";
import type { LoadPlan, LoadResult, SideKind } from "./plan.ts";
import { readProcessCpu } from "./process-cpu.ts";
import { report } from "./report.ts";
import { runLoad } from "./run-load.ts";
import type { RoundSide } from "./run-load.ts";

const options = readOptions(process.argv.slice(2));
if ("wrong" in options) {
  console.log(`${options.wrong}\n\n${usage}`.trim());
  process.exit(options.wrong === "" ? 0 : 1);
}
process.exitCode = (await bench(options)) ? 0 : 1;

interface Turn {
  readonly name: string;
  readonly kind: SideKind;
  readonly isFrozen?: boolean;
}

async function bench(options: BenchOptions): Promise<boolean> {
  const { rounds, seconds, warmupSeconds, orchestrator } = options;
  const machine = `${availableParallelism()} shared cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`;
  console.log(`${machine}, load average before ${loadavg()[0]?.toFixed(1)}`);
  console.log(
    `${rounds} rounds of ${seconds} s after ${warmupSeconds} s of warm-up, in turn; ` +
      `at most ${options.workspaces} workspaces; orchestrator ${orchestrator}${options.busy ? "; busy" : ""}`,
  );
  const house = await openHouse({ ...options, modelDelayMs: options.busy ? 2000 : undefined });
  const interrupt = (): void => void house.close().then(() => process.exit(130));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const broken: string[] = [];
  const ran: LoadResult[] = [];
  const turns: readonly Turn[] = [
    ...options.rivals.map((kind) => ({ name: kind, kind })),
    { name: "Kingly", kind: "kingly" },
    ...(orchestrator === "frozen" ? [{ name: "Kingly, frozen", kind: "kingly", isFrozen: true } as const] : []),
  ];
  try {
    if (options.idle > 0) await tellMemory(house, options);
    if (options.busy) await keepBusy(house);
    else await house.calm();
    if (orchestrator === "killed") house.meet("killed");
    for (const load of options.loads) {
      const measured: Map<string, RoundSide>[] = [];
      const delays: string[] = [];
      const totals: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const sides = new Map<string, RoundSide>();
        for (const turn of turns) {
          if (turn.isFrozen === true) house.meet("frozen");
          const plan = { ...planFor(options, load, round), ...whereTo(house, turn.kind) };
          const restedBefore = cpuOfBoth(house);
          const side = await runLoad(plan, watchedBy(house, turn.kind), () => void house.loopDelay());
          sides.set(turn.name, side);
          if (turn.kind !== "kingly") continue;
          ran.push(side);
          const { p99Ms, maxMs } = await house.loopDelay();
          delays.push(`${turn.name}: p99 ${p99Ms.toFixed(1)}, at most ${maxMs.toFixed(0)}`);
          if (turn.isFrozen === true) {
            console.log(`the orchestrator went on and had everything after ${(await house.recover()).toFixed(0)} ms`);
          }
          if (!options.busy) await house.calm();
          // Jobs that the load queued are done after it: what a message costs in all shows only at rest.
          const used = cpuOfBoth(house).map((us, at) => (us - (restedBefore[at] ?? 0)) / side.said);
          totals.push(used.map((us) => us.toFixed(0)).join(" and "));
        }
        measured.push(sides);
      }
      const { lines, broken: misses } = report(load, measured);
      console.log(lines.join("\n"));
      console.log(`delay of the gateway's event loop by round, ms: ${delays.join("; ")}`);
      console.log(`CPU a message until both are at rest, gateway and orchestrator by round, us: ${totals.join("; ")}`);
      broken.push(...misses);
    }
    if (orchestrator === "frozen") broken.push(...(await tellOnceEach(house, options, ran)));
  } catch (thrown) {
    console.error(house.lastWords());
    throw thrown;
  } finally {
    await house.close();
  }
  console.log(`\nload average after ${loadavg()[0]?.toFixed(1)}`);
  for (const miss of broken) console.log(`BROKEN ${miss}`);
  return broken.length === 0;
}

function planFor(options: BenchOptions, load: Load, round: number): Omit<LoadPlan, "kind" | "host" | "token"> {
  return {
    ...load,
    warmupMs: options.warmupSeconds * 1000,
    measureMs: options.seconds * 1000,
    drainMs: 10_000,
    workspaces: options.workspaces,
    seed: load.clients * 1000 + round + 1,
  };
}

function whereTo(house: House, kind: SideKind): Pick<LoadPlan, "kind" | "host" | "token"> {
  return { kind, host: house.hostOf(kind), token: kind === "kingly" ? house.token : "" };
}

function watchedBy(house: House, kind: SideKind): ReadonlyMap<string, number> {
  const echo = house.echoes.get(kind);
  if (echo !== undefined) return new Map([["echo", echo.pid]]);
  return new Map([
    ["gateway", house.gateway.pid],
    ["orchestrator", house.orchestrator.pid],
  ]);
}

function cpuOfBoth(house: House): readonly number[] {
  return [house.gateway.pid, house.orchestrator.pid].map((pid) => {
    const cpu = readProcessCpu(pid);
    return cpu === undefined ? 0 : cpu.mainUs + cpu.othersUs;
  });
}

async function tellMemory(house: House, options: BenchOptions): Promise<void> {
  for (const kind of [...options.rivals, "kingly"] as const) {
    const pid = house.echoes.get(kind)?.pid ?? house.gateway.pid;
    const { idle: clients, workspaces } = options;
    const bytes = await measureMemory({ ...whereTo(house, kind), pid, clients, workspaces });
    console.log(`memory of one of ${clients} idle clients, ${kind}: ${(bytes / 1024).toFixed(1)} KB`);
  }
}

async function tellOnceEach(
  house: House,
  options: BenchOptions,
  ran: readonly LoadResult[],
): Promise<readonly string[]> {
  const where = { host: house.hostOf("kingly"), token: house.token, workspaces: options.workspaces };
  const { said, missing, doubled, doubledTasks } = await countOnceEach(ran, where);
  console.log(
    `\nof ${said} utterances ${missing} are not in the log, ${doubled} stand there twice; ${doubledTasks} tasks were made twice`,
  );
  return missing + doubled + doubledTasks === 0 ? [] : ["Not every utterance had its effect exactly once."];
}

/** Resolves when the other work has begun; it ends with this process. */
async function keepBusy(house: House): Promise<void> {
  const child = fork(join(import.meta.dirname, "busy.ts"), [JSON.stringify(whereTo(house, "kingly"))]);
  await new Promise((resolve) => child.once("message", resolve));
  child.unref();
  child.channel?.unref?.();
}
