import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SideKind } from "./plan.ts";

/** Measures how much resident memory of process `pid` one idle client costs: the growth by `clients`, in bytes each.
 *
 * One client in each workspace comes before: what a workspace itself needs is not the client's. */
export async function measureMemory(options: {
  readonly kind: SideKind;
  readonly host: string;
  readonly token: string;
  readonly pid: number;
  readonly clients: number;
  readonly workspaces: number;
}): Promise<number> {
  const { pid, ...plan } = options;
  const warm = await openIdle({ ...plan, first: 0, clients: plan.workspaces });
  await sleep(settleMs);
  const before = residentBytes(pid);
  const idle = await openIdle({ ...plan, first: plan.workspaces });
  await sleep(settleMs);
  const perClient = (residentBytes(pid) - before) / plan.clients;
  for (const child of [warm, idle]) {
    child.disconnect();
    await new Promise((resolve) => child.once("exit", resolve));
  }
  return perClient;
}

const settleMs = 1500;

async function openIdle(plan: object): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "idle-clients.ts"), [JSON.stringify(plan)]);
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code) => reject(new Error(`The idle clients ended with ${code}.`)));
  });
  child.removeAllListeners("exit");
  return child;
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) * 1024;
}
