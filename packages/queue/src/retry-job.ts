import type { Unit } from "@kingly/sqlite";
import { findByKey } from "./add-job.ts";

/** Gives a dead job a new life: pending now, its attempts counted from 1 again; earlier attempts stay on record. [Q24]
 *
 * Returns false when the job is not dead, or when another living job has its key. */
export function retryJob(unit: Unit, id: number, nowMs: number): boolean {
  const sql = "SELECT job_type AS type, dedupe_key AS key FROM job_queue WHERE id = ? AND status = 'dead'";
  const dead = unit.get<{ readonly type: string; readonly key: string | null }>(sql, id);
  if (dead === undefined) return false;
  if (dead.key !== null && findByKey(unit, dead.type, dead.key) !== undefined) return false;
  unit.run(
    "UPDATE job_queue SET status = 'pending', attempt = 0, run_at = ?, completed_at = NULL, error = NULL WHERE id = ?",
    nowMs,
    id,
  );
  return true;
}
