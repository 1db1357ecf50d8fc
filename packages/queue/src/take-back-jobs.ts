import type { Unit } from "@kingly/sqlite";
import type { Identity, Token } from "./claim-jobs.ts";
import type { EndDeps } from "./end-attempt.ts";
import { recordAttempt } from "./record-attempt.ts";

type Running = Token & { readonly type: string };

const orphansSql = `SELECT id, claim, owner_epoch AS epoch, job_type AS type FROM job_queue
  INDEXED BY job_queue_running WHERE status = 'running' AND owner = ? AND owner_epoch < ?`;
const expiredSql = `SELECT id, claim, owner_epoch AS epoch, job_type AS type FROM job_queue
  INDEXED BY job_queue_running WHERE status = 'running' AND lease_until <= ?`;
const foreignSql = `SELECT lease_until AS leaseUntil FROM job_queue INDEXED BY job_queue_running
  WHERE status = 'running' AND owner_epoch <> ? ORDER BY lease_until LIMIT 1`;
const takeSql = `UPDATE job_queue SET status = 'pending', owner = NULL, owner_epoch = NULL, lease_until = NULL, error = ?
  WHERE id = ? AND status = 'running'`;

/** Puts the running jobs of an owner's earlier epochs back to pending at once, each attempt kept as lost. [Q19]
 *
 * Only right when the earlier process of that name is dead or can no longer work. Returns how many. */
export function takeBackOrphans(unit: Unit, identity: Identity, deps: EndDeps): number {
  const orphans = unit.all<Running>(orphansSql, identity.owner, identity.epoch);
  for (const orphan of orphans) takeBack(unit, orphan, "The process that ran it ended.", deps);
  return orphans.length;
}

/** Puts jobs whose lease ran out back to pending, but none that `isHeld` says this process still runs. [Q20] */
export function takeBackExpired(unit: Unit, isHeld: (token: Token) => boolean, deps: EndDeps): number {
  const expired = unit.all<Running>(expiredSql, deps.nowMs).filter((token) => !isHeld(token));
  for (const token of expired) takeBack(unit, token, "Its lease ran out.", deps);
  return expired.length;
}

/** Returns when the next lease of another owner runs out, if any is held. */
export function nextForeignLeaseMs(unit: Unit, identity: Identity): number | undefined {
  return unit.get<{ leaseUntil: number }>(foreignSql, identity.epoch)?.leaseUntil;
}

// It stays claimable: jobs of its key go on waiting for it.
function takeBack(unit: Unit, token: Running, why: string, { nowMs, tally }: EndDeps): void {
  recordAttempt(unit, token, { outcome: "lost", error: why, nowMs });
  unit.run(takeSql, why, token.id);
  tally.move(token.type, "running", "pending");
}
