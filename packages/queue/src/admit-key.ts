import type { Unit } from "@kingly/sqlite";

const admittedSql = `SELECT count(*) AS jobs FROM job_queue INDEXED BY job_queue_limit
  WHERE concurrency_key = ? AND waits IS NULL AND status IN ('pending', 'running')`;
const nextSql = `SELECT id, key_limit AS keyLimit FROM job_queue INDEXED BY job_queue_limit
  WHERE concurrency_key = ? AND waits = 'key' AND status IN ('pending', 'running')
  ORDER BY priority DESC, run_at, id LIMIT 1`;

/** Tells whether a job of this key may become claimable now: fewer than `limit` are claimable or running. [Q33] */
export function hasRoom(unit: Unit, key: string, limit: number): boolean {
  return (unit.get<{ jobs: number }>(admittedSql, key)?.jobs ?? 0) < limit;
}

/** Lets jobs that wait for this key become claimable, highest priority first, while there is room. [Q33]
 *
 * Claimable and running jobs of a key together never exceed its limit: so a claim needs not look at keys at all. */
export function admitWaiting(unit: Unit, key: string): number {
  let admitted = 0;
  for (;;) {
    const next = unit.get<{ id: number; keyLimit: number }>(nextSql, key);
    if (next === undefined || !hasRoom(unit, key, next.keyLimit)) return admitted;
    unit.run("UPDATE job_queue SET waits = NULL WHERE id = ?", next.id);
    admitted += 1;
  }
}

/** Decides what a pending job waits for: its time, its key, or nothing. [Q33] */
export function waitsFor(
  unit: Unit,
  job: { readonly runAtMs: number; readonly concurrencyKey: string | null; readonly keyLimit: number | null },
  nowMs: number,
): "time" | "key" | null {
  if (job.runAtMs > nowMs) return "time";
  if (job.concurrencyKey === null) return null;
  return hasRoom(unit, job.concurrencyKey, job.keyLimit ?? 1) ? null : "key";
}
