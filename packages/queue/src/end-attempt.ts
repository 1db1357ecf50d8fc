import type { Unit } from "@kingly/sqlite";
import { admitWaiting } from "./admit-key.ts";
import type { Token } from "./claim-jobs.ts";
import type { Tally } from "./job-counts.ts";
import type { JobStatus } from "./job.ts";
import { wakeParent } from "./job-family.ts";
import { QueueError } from "./queue-error.ts";
import { recordAttempt } from "./record-attempt.ts";

const owned = "WHERE id = ? AND status = 'running' AND claim = ? AND owner_epoch = ?";
const freed = "owner = NULL, owner_epoch = NULL, lease_until = NULL";
const left = "RETURNING job_type AS type, concurrency_key AS concurrencyKey, parent_id AS parentId";

/** What a job leaves behind when it ends: others may wait for its key, or for it. */
export interface Leaving {
  readonly type: string;
  readonly concurrencyKey: string | null;
  readonly parentId: number | null;
}

/** What every end of a job needs beside its token. */
export interface EndDeps {
  readonly nowMs: number;
  readonly tally: Tally;
}

/** Counts a job that left, and lets go who waited for it: jobs of its key, and its parent when it is over. [Q33] [Q41] */
export function leave(unit: Unit, job: Leaving, from: JobStatus, to: JobStatus, { tally, nowMs }: EndDeps): void {
  tally.move(job.type, from, to);
  if (job.concurrencyKey !== null && admitWaiting(unit, job.concurrencyKey) > 0) tally.noteReady();
  if (job.parentId !== null && to !== "pending" && wakeParent(unit, job.parentId, nowMs)) tally.noteReady();
}

/** One job to be completed. `result` is JSON or null. */
export interface Completion {
  readonly token: Token;
  readonly result: string | null;
}

const completeSql = `UPDATE job_queue SET status = 'completed', ${freed}, completed_at = ?, error = NULL, result = ?
  ${owned} ${left}`;
const completeManySql = `UPDATE job_queue SET status = 'completed', ${freed}, completed_at = ?, error = NULL,
    result = ending.result
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS claim, value ->> 2 AS epoch, value ->> 3 AS result FROM json_each(?))
    AS ending
  WHERE job_queue.id = ending.id AND +status = 'running' AND job_queue.claim = ending.claim
    AND owner_epoch = ending.epoch
  RETURNING job_queue.id AS id, claim, job_type AS type, concurrency_key AS concurrencyKey, parent_id AS parentId`;

/** Marks one job completed. Returns false, and changes nothing, when the token no longer holds. [Q10] */
export function markCompleted(unit: Unit, { token, result }: Completion, deps: EndDeps): boolean {
  const row = unit.get<Leaving>(completeSql, deps.nowMs, result, token.id, token.claim, token.epoch);
  if (row !== undefined) leave(unit, row, "running", "completed", deps);
  return row !== undefined;
}

/** Marks many jobs completed in one statement. Returns the claim of each completed job, by its id. [Q10] */
export function markManyCompleted(
  unit: Unit,
  endings: readonly Completion[],
  deps: EndDeps,
): ReadonlyMap<number, number> {
  const [first] = endings;
  if (first !== undefined && endings.length === 1) {
    return new Map(markCompleted(unit, first, deps) ? [[first.token.id, first.token.claim]] : []);
  }
  const tokens = JSON.stringify(endings.map(({ token, result }) => [token.id, token.claim, token.epoch, result]));
  const rows = unit.all<Leaving & { readonly id: number; readonly claim: number }>(completeManySql, deps.nowMs, tokens);
  for (const row of rows) leave(unit, row, "running", "completed", deps);
  return new Map(rows.map((row) => [row.id, row.claim]));
}

const awaitSql = `UPDATE job_queue SET status = 'pending', ${freed}, waits = 'children', attempt = attempt - 1, awaited = 1
  ${owned} ${left}`;

/** Puts a job aside until its children are over; the attempt does not count. Throws LEASE_LOST. [Q41] */
export function markAwaiting(unit: Unit, token: Token, deps: EndDeps): void {
  const row = unit.get<Leaving>(awaitSql, token.id, token.claim, token.epoch);
  requireHeld(token, row !== undefined);
  if (row !== undefined) leave(unit, row, "running", "pending", deps);
}

const failSql = `UPDATE job_queue SET status = 'pending', ${freed}, waits = 'time', run_at = ?, error = ? ${owned} ${left}`;

/** Keeps the failure and puts the job back to pending at `runAtMs`. Throws LEASE_LOST. [Q15] */
export function markFailed(
  unit: Unit,
  token: Token,
  failure: { readonly error: string; readonly runAtMs: number },
  deps: EndDeps,
): void {
  requireHeld(token, recordAttempt(unit, token, { outcome: "failed", error: failure.error, nowMs: deps.nowMs }));
  const row = unit.get<Leaving>(failSql, failure.runAtMs, failure.error, token.id, token.claim, token.epoch);
  if (row !== undefined) leave(unit, row, "running", "pending", deps);
}

const deadSql = `UPDATE job_queue SET status = 'dead', ${freed}, completed_at = ?, error = ?, attempt = attempt - ?
  ${owned} ${left}`;

/** Keeps the failure and ends the job as dead. Throws LEASE_LOST. [Q16]
 *
 * `lost` says that no attempt was made: the earlier ones were all that was allowed. */
export function markDead(
  unit: Unit,
  token: Token,
  failure: { readonly error: string; readonly lost: boolean },
  deps: EndDeps,
): void {
  const { error, lost } = failure;
  if (!lost) requireHeld(token, recordAttempt(unit, token, { outcome: "failed", error, nowMs: deps.nowMs }));
  const row = unit.get<Leaving>(deadSql, deps.nowMs, error, lost ? 1 : 0, token.id, token.claim, token.epoch);
  requireHeld(token, row !== undefined);
  if (row !== undefined) leave(unit, row, "running", "dead", deps);
}

const releaseSql = `UPDATE job_queue SET status = 'pending', ${freed}, attempt = attempt - 1 ${owned}
  RETURNING job_type AS type`;

/** Gives the job back to pending without counting the attempt. Returns false when the token no longer holds. [Q23]
 *
 * It stays claimable: jobs of its key go on waiting for it. */
export function release(unit: Unit, token: Token, { nowMs, tally }: EndDeps): boolean {
  if (!recordAttempt(unit, token, { outcome: "released", error: null, nowMs })) return false;
  const row = unit.get<{ type: string }>(releaseSql, token.id, token.claim, token.epoch);
  if (row !== undefined) tally.move(row.type, "running", "pending");
  return true;
}

/** Throws LEASE_LOST unless `held`. */
export function requireHeld(token: Token, held: boolean): void {
  if (held) return;
  const message = `Job ${token.id} (claim ${token.claim}) is no longer held here: it was cancelled or taken back. Nothing of its finish was kept.`;
  throw new QueueError("LEASE_LOST", message);
}
