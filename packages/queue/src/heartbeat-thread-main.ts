// The heartbeat thread: it renews the leases of its process every `heartbeatMs` while jobs are held, and sleeps else.
import { parentPort, workerData } from "node:worker_threads";
import { openDatabase } from "@kingly/sqlite";
import { longestBlockMs, machineMs, sharedBeat } from "./heartbeat-thread.ts";
import type { HeartbeatThreadData } from "./heartbeat-thread.ts";

const data = workerData as HeartbeatThreadData;
const { held, offset, aliveAt } = sharedBeat(data.shared);
const database = openDatabase({ path: data.path, statementCacheSize: 20 });
const renewSql = `UPDATE job_queue SET lease_until = max(lease_until, ?)
  WHERE id IN (SELECT id FROM job_queue INDEXED BY job_queue_running WHERE status = 'running' AND owner_epoch = ?)`;

const beat = async (): Promise<void> => {
  if (machineMs() - (aliveAt[0] ?? 0) > longestBlockMs) return;
  const untilMs = Math.floor(machineMs() + (offset[0] ?? 0) + data.leaseMs);
  try {
    await database.write((unit) => void unit.run(renewSql, untilMs, data.epoch));
  } catch {
    // Busy or full: there is another beat before the leases run out.
  }
};
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

parentPort?.on("message", () => {
  void database.close().then(() => process.exit());
});

for (;;) {
  if (Atomics.load(held, 0) > 0) {
    await pause(data.heartbeatMs);
    if (Atomics.load(held, 0) > 0) await beat();
    continue;
  }
  // Nothing is held: no timer. The next job wakes it.
  const wait = Atomics.waitAsync(held, 0, 0);
  if (wait.async) await wait.value;
}
