import type { Unit } from "@kingly/sqlite";
import { maxPriority } from "./add-job.ts";

/** One life of one owner. The epoch is unique among all owners of a file. */
export interface Identity {
  readonly owner: string;
  readonly epoch: number;
}

/** What a holder shows to prove that a job is still its own. `claim` and `epoch` together never repeat. [Q10] */
export interface Token {
  readonly id: number;
  readonly claim: number;
  readonly epoch: number;
}

/** A job as it was claimed. */
export interface ClaimedJob extends Token {
  readonly type: string;
  readonly payload: string;
  readonly priority: number;
  readonly runAtMs: number;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly workspaceId: string | null;
  readonly cid: string | null;
}

/** Jobs of one type that may start now. */
export interface Demand {
  readonly type: string;
  readonly slots: number;
}

/** What a claim found: the jobs, and when the next pending one of a type with a free slot is due. */
export interface Claimed {
  readonly jobs: readonly ClaimedJob[];
  readonly nextDueMs: number | undefined;
}

/** Leases due jobs, for each type at most as many as it has slots: highest priority, then run_at, then id. [Q8]
 *
 * Returns them in that order across all types. The lease ends at `nowMs + leaseMs`. */
export function claimJobs(
  unit: Unit,
  identity: Identity,
  demands: readonly Demand[],
  time: { readonly nowMs: number; readonly leaseMs: number },
): Claimed {
  const jobs: ClaimedJob[] = [];
  let nextDueMs: number | undefined;
  for (const demand of demands) {
    let slots = demand.slots;
    let above = maxPriority + 1;
    while (slots > 0) {
      // One seek for each priority in use: delayed jobs of a high priority are stepped over, never scanned.
      const level = earliestBelow(unit, demand.type, above);
      if (level === undefined) break;
      above = level.priority;
      let dueMs: number | undefined = level.runAt;
      if (level.runAt <= time.nowMs) {
        const taken = take(unit, identity, { ...demand, slots, priority: level.priority }, time);
        jobs.push(...taken);
        slots -= taken.length;
        dueMs = slots > 0 ? earliestOf(unit, demand.type, level.priority) : undefined;
      }
      if (dueMs !== undefined) nextDueMs = Math.min(nextDueMs ?? dueMs, dueMs);
    }
  }
  return { jobs: jobs.toSorted(byTurn), nextDueMs };
}

function byTurn(a: ClaimedJob, b: ClaimedJob): number {
  return b.priority - a.priority || a.runAtMs - b.runAtMs || a.id - b.id;
}

function earliestBelow(unit: Unit, type: string, above: number): { priority: number; runAt: number } | undefined {
  const sql = `SELECT priority, run_at AS runAt FROM job_queue INDEXED BY job_queue_pending
    WHERE status = 'pending' AND job_type = ? AND priority < ? ORDER BY priority DESC, run_at LIMIT 1`;
  return unit.get(sql, type, above);
}

function earliestOf(unit: Unit, type: string, priority: number): number | undefined {
  const sql = `SELECT run_at AS runAt FROM job_queue INDEXED BY job_queue_pending
    WHERE status = 'pending' AND job_type = ? AND priority = ? ORDER BY run_at LIMIT 1`;
  return unit.get<{ runAt: number }>(sql, type, priority)?.runAt;
}

function take(
  unit: Unit,
  identity: Identity,
  from: Demand & { readonly priority: number },
  time: { readonly nowMs: number; readonly leaseMs: number },
): ClaimedJob[] {
  const sql = `UPDATE job_queue
    SET status = 'running', claim = claim + 1, attempt = attempt + 1, owner = ?, owner_epoch = ?,
        lease_until = ?, started_at = ?
    WHERE id IN (
      SELECT id FROM job_queue INDEXED BY job_queue_pending
      WHERE status = 'pending' AND job_type = ? AND priority = ? AND run_at <= ? ORDER BY run_at, id LIMIT ?)
    RETURNING id, claim, owner_epoch AS epoch, job_type AS type, payload, priority, run_at AS runAtMs, attempt,
      max_attempts AS maxAttempts, workspace_id AS workspaceId, cid`;
  return unit.all<ClaimedJob>(
    sql,
    identity.owner,
    identity.epoch,
    time.nowMs + time.leaseMs,
    time.nowMs,
    from.type,
    from.priority,
    time.nowMs,
    from.slots,
  );
}
