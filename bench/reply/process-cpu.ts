import { readFileSync, readdirSync } from "node:fs";

/** CPU time of a process since its start, in microseconds. */
export interface ProcessCpu {
  /** The thread of JavaScript's main loop. */
  readonly mainUs: number;
  /** Workers, garbage collection, compilation, the thread pool. */
  readonly othersUs: number;
  /** How long the main loop's thread was ready to run and had no core: other work on the machine, not its own. */
  readonly mainWaitedUs: number;
}

/** Reads what a process used so far, to the nanosecond per thread. Undefined where there is no Linux `/proc`. */
export function readProcessCpu(pid: number): ProcessCpu | undefined {
  try {
    let mainUs = 0;
    let othersUs = 0;
    let mainWaitedUs = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      // "nanoseconds on a core, nanoseconds waiting for one, slices"
      const [onCoreNs = 0, waitedNs = 0] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8")
        .split(" ")
        .map(Number);
      if (thread === String(pid)) {
        mainUs = onCoreNs / 1000;
        mainWaitedUs = waitedNs / 1000;
      } else othersUs += onCoreNs / 1000;
    }
    return { mainUs, othersUs, mainWaitedUs };
  } catch {
    return undefined;
  }
}

/** Returns what was used between two readings. */
export function cpuBetween(before: ProcessCpu | undefined, after: ProcessCpu | undefined): ProcessCpu | undefined {
  if (before === undefined || after === undefined) return undefined;
  return {
    mainUs: after.mainUs - before.mainUs,
    othersUs: after.othersUs - before.othersUs,
    mainWaitedUs: after.mainWaitedUs - before.mainWaitedUs,
  };
}
