import type { Unit } from "@kingly/sqlite";
import { createTally } from "./job-counts.ts";
import type { JobStatus } from "./job.ts";

/** How long jobs that are over are kept. */
export interface RetentionRule {
  /** Pruned when they ended longer ago, in ms. */
  readonly forMs: number;
  /** The newest so many are kept at most. */
  readonly atMost: number;
}

/** A rule for each status of jobs that are over. */
export type Retention = Readonly<Record<"completed" | "dead" | "cancelled", RetentionRule>>;

/** Jobs that one unit removes at most. */
export const prunedAtOnce = 500;

const countSql = "SELECT sum(jobs) AS jobs FROM queue_counts WHERE status = ?";
// A child is kept while its parent is alive: the parent will ask for its result.
const pruneSql = `DELETE FROM job_queue WHERE id IN (
    SELECT id FROM job_queue AS old INDEXED BY job_queue_over
    WHERE status = ? AND completed_at IS NOT NULL AND completed_at <= ?
      AND (parent_id IS NULL OR NOT EXISTS (SELECT 1 FROM job_queue AS parent
        WHERE parent.id = old.parent_id AND parent.status IN ('pending', 'running')))
    ORDER BY completed_at LIMIT ?)
  RETURNING id, job_type AS type`;
const raiseSql = "UPDATE queue_pruned SET up_to = max(up_to, ?)";

/** Removes jobs that are over and too old or too many, oldest first, a bounded number. Returns how many. [Q44] */
export function pruneJobs(unit: Unit, retention: Retention, nowMs: number): number {
  const tally = createTally();
  let pruned = 0;
  for (const [status, rule] of Object.entries(retention) as [keyof Retention, RetentionRule][]) {
    const prune = (untilMs: number, limit: number): void => {
      if (limit <= 0) return;
      const rows = unit.all<{ id: number; type: string }>(pruneSql, status, untilMs, limit);
      // Its id must not come again: a token is told apart by it.
      if (rows.length > 0) unit.run(raiseSql, Math.max(...rows.map((row) => row.id)));
      for (const row of rows) tally.move(row.type, status satisfies JobStatus, null);
      pruned += rows.length;
    };
    const before = pruned;
    prune(nowMs - rule.forMs, prunedAtOnce - pruned);
    const kept = (unit.get<{ jobs: number | null }>(countSql, status)?.jobs ?? 0) - (pruned - before);
    prune(Number.MAX_SAFE_INTEGER, Math.min(kept - rule.atMost, prunedAtOnce - pruned));
  }
  tally.write(unit);
  return pruned;
}
