import type { Unit } from "@kingly/sqlite";
import type { Token } from "./claim-jobs.ts";
import { QueueError } from "./queue-error.ts";
import { recordAttempt } from "./record-attempt.ts";

const owned = "WHERE id = ? AND status = 'running' AND claim = ? AND owner_epoch = ?";
const freed = "owner = NULL, owner_epoch = NULL, lease_until = NULL";

/** Marks the job completed. Returns false, and changes nothing, when the token no longer holds. [Q10] */
export function markCompleted(unit: Unit, token: Token, nowMs: number): boolean {
  const sql = `UPDATE job_queue SET status = 'completed', ${freed}, completed_at = ?, error = NULL ${owned}`;
  return unit.run(sql, nowMs, token.id, token.claim, token.epoch).changes === 1;
}

/** Keeps the failure and puts the job back to pending at `runAtMs`. Throws LEASE_LOST. [Q15] */
export function markFailed(
  unit: Unit,
  token: Token,
  failure: { readonly error: string; readonly runAtMs: number; readonly nowMs: number },
): void {
  requireHeld(token, recordAttempt(unit, token, { outcome: "failed", ...failure }));
  const sql = `UPDATE job_queue SET status = 'pending', ${freed}, run_at = ?, error = ? ${owned}`;
  unit.run(sql, failure.runAtMs, failure.error, token.id, token.claim, token.epoch);
}

/** Keeps the failure and ends the job as dead. Throws LEASE_LOST. [Q16]
 *
 * `lost` says that no attempt was made: the earlier ones were all that was allowed. */
export function markDead(
  unit: Unit,
  token: Token,
  failure: { readonly error: string; readonly nowMs: number; readonly lost: boolean },
): void {
  if (!failure.lost) requireHeld(token, recordAttempt(unit, token, { outcome: "failed", ...failure }));
  const sql = `UPDATE job_queue SET status = 'dead', ${freed}, completed_at = ?, error = ?, attempt = attempt - ? ${owned}`;
  const uncounted = failure.lost ? 1 : 0;
  const done = unit.run(sql, failure.nowMs, failure.error, uncounted, token.id, token.claim, token.epoch);
  requireHeld(token, done.changes === 1);
}

/** Gives the job back to pending without counting the attempt. Returns false when the token no longer holds. [Q23] */
export function release(unit: Unit, token: Token, nowMs: number): boolean {
  if (!recordAttempt(unit, token, { outcome: "released", error: null, nowMs })) return false;
  const sql = `UPDATE job_queue SET status = 'pending', ${freed}, attempt = attempt - 1 ${owned}`;
  unit.run(sql, token.id, token.claim, token.epoch);
  return true;
}

/** Throws LEASE_LOST unless `held`. */
export function requireHeld(token: Token, held: boolean): void {
  if (held) return;
  const message = `Job ${token.id} (claim ${token.claim}) is no longer held here: it was cancelled or taken back. Nothing of its finish was kept.`;
  throw new QueueError("LEASE_LOST", message);
}
