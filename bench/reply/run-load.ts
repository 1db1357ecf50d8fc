import { fork } from "node:child_process";
import { join } from "node:path";
import type { LoadNews, LoadPlan, LoadResult } from "./plan.ts";
import { cpuBetween, readProcessCpu } from "./process-cpu.ts";
import type { ProcessCpu } from "./process-cpu.ts";

/** One side of one round. */
export interface RoundSide extends LoadResult {
  /** CPU that each watched process used during the measured part, by its name. */
  readonly cpu: ReadonlyMap<string, ProcessCpu>;
}

/** Runs a plan in a process of its own and reads what the `watched` processes use meanwhile. */
export async function runLoad(
  plan: LoadPlan,
  watched: ReadonlyMap<string, number>,
  onMeasuring: () => void = () => {},
): Promise<RoundSide> {
  const child = fork(join(import.meta.dirname, "load-clients.ts"), [JSON.stringify(plan)], {
    serialization: "advanced",
  });
  const read = (): readonly (ProcessCpu | undefined)[] => [...watched.values()].map(readProcessCpu);
  let before = read();
  let after = before;
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The load clients ended with ${code} before they were through.`)));
    child.on("message", (news: LoadNews) => {
      if (news.phase === "measuring") {
        before = read();
        onMeasuring();
      }
      if (news.phase === "measured") after = read();
      if (news.phase === "ended") {
        const cpu = new Map<string, ProcessCpu>();
        for (const [at, name] of [...watched.keys()].entries()) {
          const used = cpuBetween(before[at], after[at]);
          if (used !== undefined) cpu.set(name, used);
        }
        resolve({ ...news.result, cpu });
      }
    });
  });
}
