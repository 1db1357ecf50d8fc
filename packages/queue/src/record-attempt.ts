import type { Unit } from "@kingly/sqlite";
import type { Token } from "./claim-jobs.ts";
import type { JobAttempt } from "./job.ts";

const recordSql = `INSERT INTO job_attempts (job_id, claim, attempt, outcome, error, owner, started_at, ended_at)
  SELECT id, claim, attempt, ?, ?, owner, started_at, ? FROM job_queue
  WHERE id = ? AND status = 'running' AND claim = ? AND owner_epoch = ?`;

/** Keeps one attempt that did not complete its job, while the row still says who ran it. Call before changing the row.
 *
 * Returns false, and keeps nothing, when the token is no longer that of the running job. [Q10] */
export function recordAttempt(
  unit: Unit,
  token: Token,
  end: { readonly outcome: JobAttempt["outcome"]; readonly error: string | null; readonly nowMs: number },
): boolean {
  const done = unit.run(recordSql, end.outcome, end.error, end.nowMs, token.id, token.claim, token.epoch);
  return done.changes === 1;
}
