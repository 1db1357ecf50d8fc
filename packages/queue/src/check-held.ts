import type { Database } from "@kingly/sqlite";
import { abortLost } from "./heartbeat.ts";
import type { HeldJob } from "./held-job.ts";
import { QueueError } from "./queue-error.ts";

const heldSql = `SELECT id, claim, status, error FROM job_queue WHERE id IN (SELECT value FROM json_each(?))`;

/** Tells handlers whose jobs another process cancelled or took: CANCELLED or LEASE_LOST. Reads committed state. [Q37] */
export function checkHeld(database: Database, held: readonly HeldJob[]): void {
  const jobs = held.filter((job) => !job.handlerEnded && job.stopped === undefined);
  if (jobs.length === 0) return;
  const rows = database.all<{ id: number; claim: number; status: string; error: string | null }>(
    heldSql,
    JSON.stringify(jobs.map((job) => job.claimed.id)),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const job of jobs) {
    const row = byId.get(job.claimed.id);
    if (row?.status === "running" && row.claim === job.claimed.claim) continue;
    if (row?.status === "cancelled") {
      job.abort(new QueueError("CANCELLED", `Job ${row.id} was cancelled: ${row.error ?? "no reason"}`));
    } else abortLost(job);
  }
}
