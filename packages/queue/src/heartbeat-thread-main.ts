// The heartbeat thread: it renews the leases of its process every `heartbeatMs` while jobs are held, and sleeps else.
import { parentPort, workerData } from "node:worker_threads";
// Not the whole of the database: this thread writes one statement, and should cost little to start.
import { openConnection } from "@kingly/sqlite/connection";
import { longestBlockMs, machineMs, sharedBeat } from "./shared-beat.ts";
import type { HeartbeatThreadData } from "./shared-beat.ts";

const data = workerData as HeartbeatThreadData;
const { held, offset, aliveAt } = sharedBeat(data.shared);
const connection = openConnection({ path: data.path, readOnly: false, busyTimeoutMs: 5000, statementCacheSize: 1 });
const renewSql = `UPDATE job_queue SET lease_until = max(lease_until, ?)
  WHERE id IN (SELECT id FROM job_queue INDEXED BY job_queue_running WHERE status = 'running' AND owner_epoch = ?)`;
const renew = connection.prepareAlone(renewSql);

const beat = (): void => {
  if (machineMs() - (aliveAt[0] ?? 0) > longestBlockMs) return;
  const untilMs = Math.floor(machineMs() + (offset[0] ?? 0) + data.leaseMs);
  try {
    renew.run(untilMs, data.epoch);
  } catch {
    // Busy or full: there is another beat before the leases run out.
  }
};
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

parentPort?.on("message", () => {
  connection.close();
  process.exit();
});

for (;;) {
  if (Atomics.load(held, 0) > 0) {
    await pause(data.heartbeatMs);
    if (Atomics.load(held, 0) > 0) beat();
    continue;
  }
  // Nothing is held: no timer. The next job wakes it.
  const wait = Atomics.waitAsync(held, 0, 0);
  if (wait.async) await wait.value;
}
