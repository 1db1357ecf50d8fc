import { readFileSync } from "node:fs";

/** Tells whether the process `pid` lives, and is the one that started at `start` when that is given. [H13]
 *
 * Dead: no such process, a zombie, or (where /proc exists) one with another start. What cannot be known counts as alive. */
export function processIsAlive(pid: number, start?: string): boolean {
  // 0 and negative numbers mean groups of processes to kill(); no system has pids of more than 31 bits.
  if (!Number.isInteger(pid) || pid <= 0 || pid >= 2 ** 31) return false;
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // EPERM: it lives and belongs to another user.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH") return false;
  }
  const seen = readProcess(pid);
  if (seen === undefined) return true;
  if (seen.state === "Z" || seen.state === "X") return false;
  return start === undefined || start === "unknown" || seen.start === start;
}

/** Returns what tells this process from every other that ever had its pid: start ticks and boot; `unknown` without /proc. */
export function toProcessStart(pid: number): string {
  return readProcess(pid)?.start ?? "unknown";
}

function readProcess(pid: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command stands in brackets and may hold anything, brackets and spaces too: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    const ticks = fields[19];
    if (state === undefined || ticks === undefined || !/^[0-9]+$/.test(ticks)) return undefined;
    // Ticks count from the start of the machine, so two boots can agree on pid and ticks.
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
    return { state, start: `${ticks}_${boot}` };
  } catch {
    return undefined;
  }
}
