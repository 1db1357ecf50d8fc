import type { Unit } from "@kingly/sqlite";
import type { Token } from "./claim-jobs.ts";
import { leave } from "./end-attempt.ts";
import type { EndDeps, Leaving } from "./end-attempt.ts";
import { livingFamily } from "./job-family.ts";
import { recordAttempt } from "./record-attempt.ts";

/** What a cancel met: whether there was something to end, and the tokens of running jobs that it ended. */
export interface Cancelled {
  readonly cancelled: boolean;
  readonly running: readonly Token[];
}

const findSql = `SELECT status, id, claim, owner_epoch AS epoch, job_type AS type, concurrency_key AS concurrencyKey,
  parent_id AS parentId FROM job_queue WHERE id = ? AND status IN ('pending', 'running')`;
const cancelSql = `UPDATE job_queue SET status = 'cancelled', owner = NULL, owner_epoch = NULL, lease_until = NULL,
  waits = NULL, completed_at = ?, error = ? WHERE id = ?`;

/** Ends a pending or running job as cancelled, with the reason as its error, and its living children first. [Q22] [Q41] */
export function cancelJob(unit: Unit, id: number, reason: string, deps: EndDeps): Cancelled {
  const running: Token[] = [];
  let cancelled = false;
  for (const member of livingFamily(unit, id)) {
    const found = unit.get<Token & Leaving & { readonly status: "pending" | "running" }>(findSql, member);
    if (found === undefined) continue;
    cancelled = true;
    if (found.status === "running") {
      recordAttempt(unit, found, { outcome: "cancelled", error: reason, nowMs: deps.nowMs });
      running.push(found);
    }
    unit.run(cancelSql, deps.nowMs, reason, member);
    leave(unit, found, found.status, "cancelled", deps);
  }
  return { cancelled, running };
}
