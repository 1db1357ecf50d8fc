import type { Unit } from "@kingly/sqlite";
import { maxPriority } from "./new-job.ts";
import type { Turns } from "./fair-turns.ts";
import type { Tally } from "./job-counts.ts";

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
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly workspaceId: string | null;
  readonly cid: string | null;
  readonly group: string;
  readonly parentId: number | null;
  readonly startedAtMs: number;
  /** 1 when the job awaited its children, and they are over. */
  readonly awaited: number;
}

/** Jobs of one type that may start now. */
export interface Demand {
  readonly type: string;
  readonly slots: number;
}

/** The time of a claim. The lease ends at `nowMs + leaseMs`. */
export interface ClaimTime {
  readonly nowMs: number;
  readonly leaseMs: number;
}

const levelSql = `SELECT priority FROM job_queue INDEXED BY job_queue_ready
  WHERE status = 'pending' AND waits IS NULL AND job_type = ? AND priority < ? ORDER BY priority DESC LIMIT 1`;
const claimSql = `UPDATE job_queue
  SET status = 'running', claim = claim + 1, attempt = attempt + 1, owner = ?, owner_epoch = ?,
    lease_until = ?, started_at = ?
  WHERE id IN (SELECT value FROM json_each(?))
  RETURNING id, claim, owner_epoch AS epoch, job_type AS type, payload, attempt, max_attempts AS maxAttempts,
    workspace_id AS workspaceId, cid, group_name AS "group", parent_id AS parentId, started_at AS startedAtMs, awaited`;

/** Leases claimable jobs, for each type at most as many as it has slots. [Q8] [Q31]
 *
 * Highest priority first; within one priority one group after the other; within a group by run_at, then id. */
export function claimJobs(
  unit: Unit,
  identity: Identity,
  demands: readonly Demand[],
  deps: { readonly time: ClaimTime; readonly turns: Turns; readonly tally: Tally },
): ClaimedJob[] {
  const { time, turns, tally } = deps;
  const ids: number[] = [];
  for (const demand of demands) {
    const before = ids.length;
    let slots = demand.slots;
    let above = maxPriority + 1;
    while (slots > 0) {
      // One seek for each priority in use.
      const level = unit.get<{ priority: number }>(levelSql, demand.type, above);
      if (level === undefined) break;
      above = level.priority;
      const picked = turns.pick(unit, demand.type, level.priority, slots);
      for (const id of picked) ids.push(id);
      slots -= picked.length;
    }
    if (ids.length > before) tally.move(demand.type, "pending", "running", ids.length - before);
  }
  if (ids.length === 0) return [];
  const leaseUntil = time.nowMs + time.leaseMs;
  const rows = unit.all<ClaimedJob>(
    claimSql,
    identity.owner,
    identity.epoch,
    leaseUntil,
    time.nowMs,
    JSON.stringify(ids),
  );
  if (rows.length < 2) return rows;
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
