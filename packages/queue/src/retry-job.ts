import type { Unit } from "@kingly/sqlite";
import { findByKey } from "./add-job.ts";
import { waitsFor } from "./admit-key.ts";
import type { EndDeps } from "./end-attempt.ts";

/** Which dead jobs to take up again: of one type, or of all; oldest first. */
export interface Redrive {
  readonly type?: string | undefined;
  /** 1 to 10,000. @default 1000 */
  readonly limit?: number | undefined;
}

interface Dead {
  readonly id: number;
  readonly type: string;
  readonly key: string | null;
  readonly concurrencyKey: string | null;
  readonly keyLimit: number | null;
}

const columns = "id, job_type AS type, dedupe_key AS key, concurrency_key AS concurrencyKey, key_limit AS keyLimit";
const oneSql = `SELECT ${columns} FROM job_queue WHERE id = ? AND status = 'dead'`;
const allSql = `SELECT ${columns} FROM job_queue INDEXED BY job_queue_over
  WHERE status = 'dead' AND completed_at IS NOT NULL AND job_type = coalesce(?, job_type)
    AND NOT EXISTS (SELECT 1 FROM job_queue AS living WHERE living.job_type = job_queue.job_type
      AND living.dedupe_key = job_queue.dedupe_key AND living.dedupe_key IS NOT NULL
      AND living.status IN ('pending', 'running'))
  ORDER BY completed_at LIMIT ?`;
const reviveSql = `UPDATE job_queue SET status = 'pending', attempt = 0, run_at = ?, waits = ?, completed_at = NULL,
  error = NULL, progress = NULL, progress_message = NULL WHERE id = ?`;

/** Gives a dead job a new life: pending now, its attempts counted from 1 again; earlier attempts stay on record. [Q24]
 *
 * Returns false when the job is not dead, or when another living job has its key. */
export function retryJob(unit: Unit, id: number, deps: EndDeps): boolean {
  const dead = unit.get<Dead>(oneSql, id);
  return dead !== undefined && revive(unit, dead, deps);
}

/** Gives dead jobs a new life, at most `limit` in this unit. Returns how many: fewer than `limit` means all. [Q40] */
export function retryMany(
  unit: Unit,
  { type, limit }: { type?: string | undefined; limit: number },
  deps: EndDeps,
): number {
  let revived = 0;
  // Two dead jobs of one key: the older one is revived, the other stays dead.
  for (const dead of unit.all<Dead>(allSql, type ?? null, limit)) if (revive(unit, dead, deps)) revived += 1;
  return revived;
}

function revive(unit: Unit, dead: Dead, { nowMs, tally }: EndDeps): boolean {
  if (dead.key !== null && findByKey(unit, dead.type, dead.key) !== undefined) return false;
  unit.run(reviveSql, nowMs, waitsFor(unit, { ...dead, runAtMs: nowMs }, nowMs), dead.id);
  tally.move(dead.type, "dead", "pending");
  return true;
}
