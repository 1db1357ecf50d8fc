import type { Unit } from "@kingly/sqlite";
import type { Identity, Token } from "./claim-jobs.ts";
import { recordAttempt } from "./record-attempt.ts";

/** Puts the running jobs of an owner's earlier epochs back to pending at once, each attempt kept as lost. [Q19]
 *
 * Only right when the earlier process of that name is dead or can no longer work. Returns how many. */
export function takeBackOrphans(unit: Unit, identity: Identity, nowMs: number): number {
  const sql = `SELECT id, claim, owner_epoch AS epoch FROM job_queue
    WHERE status = 'running' AND owner = ? AND owner_epoch < ?`;
  const orphans = unit.all<Token>(sql, identity.owner, identity.epoch);
  for (const orphan of orphans) takeBack(unit, orphan, "The process that ran it ended.", nowMs);
  return orphans.length;
}

/** Puts jobs whose lease ran out back to pending, but none that `isHeld` says this process still runs. [Q20] */
export function takeBackExpired(unit: Unit, isHeld: (token: Token) => boolean, nowMs: number): number {
  const sql = `SELECT id, claim, owner_epoch AS epoch FROM job_queue INDEXED BY job_queue_running
    WHERE status = 'running' AND lease_until <= ?`;
  const expired = unit.all<Token>(sql, nowMs).filter((token) => !isHeld(token));
  for (const token of expired) takeBack(unit, token, "Its lease ran out.", nowMs);
  return expired.length;
}

/** Returns when the next lease of another owner runs out, if any is held. */
export function nextForeignLeaseMs(unit: Unit, identity: Identity): number | undefined {
  const sql = `SELECT lease_until AS leaseUntil FROM job_queue INDEXED BY job_queue_running
    WHERE status = 'running' AND owner_epoch <> ? ORDER BY lease_until LIMIT 1`;
  return unit.get<{ leaseUntil: number }>(sql, identity.epoch)?.leaseUntil;
}

function takeBack(unit: Unit, token: Token, why: string, nowMs: number): void {
  recordAttempt(unit, token, { outcome: "lost", error: why, nowMs });
  unit.run(
    `UPDATE job_queue SET status = 'pending', owner = NULL, owner_epoch = NULL, lease_until = NULL, error = ?
     WHERE id = ? AND status = 'running'`,
    why,
    token.id,
  );
}
