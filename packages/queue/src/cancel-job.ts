import type { Unit } from "@kingly/sqlite";
import type { Token } from "./claim-jobs.ts";
import { recordAttempt } from "./record-attempt.ts";

/** What a cancel met: the token of the running job it ended, or that it was pending, or that there was nothing to end. */
export type Cancelled = { readonly was: "running"; readonly token: Token } | { readonly was: "pending" | "over" };

/** Ends a pending or running job as cancelled, with the reason as its error. [Q22] */
export function cancelJob(unit: Unit, id: number, reason: string, nowMs: number): Cancelled {
  const sql =
    "SELECT status, id, claim, owner_epoch AS epoch FROM job_queue WHERE id = ? AND status IN ('pending', 'running')";
  const found = unit.get<Token & { readonly status: "pending" | "running" }>(sql, id);
  if (found === undefined) return { was: "over" };
  if (found.status === "running") recordAttempt(unit, found, { outcome: "cancelled", error: reason, nowMs });
  unit.run(
    `UPDATE job_queue SET status = 'cancelled', owner = NULL, owner_epoch = NULL, lease_until = NULL,
       completed_at = ?, error = ? WHERE id = ?`,
    nowMs,
    reason,
    id,
  );
  return found.status === "running" ? { was: "running", token: found } : { was: "pending" };
}
