// How long a person waits for Kingly's first reply and for its durable one, beside a bare ws echo, in interleaved
// rounds, open loop. Exit code 1 when a reply was lost or the p99 of the first one misses 50 ms. Options: --help.
import { availableParallelism, cpus, loadavg } from "node:os";
import { openHouse } from "./house.ts";
import { readOptions, usage } from "./options.ts";
import type { BenchOptions, Load } from "./options.ts";
import type { LoadPlan } from "./plan.ts";
import { report } from "./report.ts";
import type { Round } from "./report.ts";
import { runLoad } from "./run-load.ts";

const options = readOptions(process.argv.slice(2));
if ("wrong" in options) {
  console.log(`${options.wrong}\n\n${usage}`.trim());
  process.exit(options.wrong === "" ? 0 : 1);
}
process.exitCode = (await bench(options)) ? 0 : 1;

async function bench(options: BenchOptions): Promise<boolean> {
  const { rounds, seconds, warmupSeconds, orchestrator } = options;
  const machine = `${availableParallelism()} shared cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`;
  console.log(`${machine}, load average before ${loadavg()[0]?.toFixed(1)}`);
  console.log(
    `${rounds} rounds of ${seconds} s after ${warmupSeconds} s of warm-up, echo and Kingly in turn; ` +
      `at most ${options.workspaces} workspaces; orchestrator ${orchestrator}`,
  );
  const house = await openHouse(options);
  const interrupt = (): void => void house.close().then(() => process.exit(130));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const broken: string[] = [];
  try {
    await house.calm();
    house.meet(orchestrator);
    for (const load of options.loads) {
      const measured: Round[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const planned = planFor(options, load, round);
        const echo = await runLoad(
          { ...planned, kind: "echo", origin: house.echoOrigin, token: "" },
          new Map([["echo", house.echo.pid]]),
        );
        const kingly = await runLoad(
          { ...planned, kind: "kingly", origin: house.gatewayOrigin, token: house.token },
          new Map([
            ["gateway", house.gateway.pid],
            ["orchestrator", house.orchestrator.pid],
          ]),
        );
        measured.push({ echo, kingly });
        await house.calm();
      }
      const { lines, broken: misses } = report(load, measured);
      console.log(lines.join("\n"));
      broken.push(...misses);
    }
    if (orchestrator === "frozen") {
      console.log(`\nThe orchestrator went on; it had everything after ${(await house.recover()).toFixed(0)} ms.`);
    }
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

function planFor(options: BenchOptions, load: Load, round: number): Omit<LoadPlan, "kind" | "origin" | "token"> {
  return {
    ...load,
    warmupMs: options.warmupSeconds * 1000,
    measureMs: options.seconds * 1000,
    drainMs: 10_000,
    workspaces: options.workspaces,
    seed: load.clients * 1000 + round + 1,
  };
}
