import type { Database, SqlValue } from "@kingly/sqlite";
import type { JobAttempt, JobRecord, JobStatus } from "./job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";

/** Which jobs to list; newest first. */
export interface JobFilter {
  readonly status?: JobStatus | undefined;
  readonly type?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly group?: string | undefined;
  readonly parentId?: number | undefined;
  /** 1 to 200. @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** One page of jobs. `next` is null on the last page. */
export interface JobPage<R = JobRecord> {
  readonly items: readonly R[];
  readonly next: string | null;
}

/** A job's row as it is read: payload and result are still JSON texts. */
export type JobRow = Omit<JobRecord, "payload" | "result"> & {
  readonly payload: string;
  readonly result: string | null;
};

/** The columns of a `JobRow`. */
export const jobColumns = `id, job_type AS type, payload, status, waits AS waitsFor, priority, group_name AS "group",
  run_at AS runAtMs, attempt, max_attempts AS maxAttempts, dedupe_key AS key, concurrency_key AS concurrencyKey,
  parent_id AS parentId, workspace_id AS workspaceId, cid, progress, progress_message AS progressMessage, result, error,
  created_at AS createdAtMs, started_at AS startedAtMs, completed_at AS endedAtMs`;

const oneSql = `SELECT ${jobColumns} FROM job_queue WHERE id = ?`;

/** Reads one job, committed state only. */
export function getJob(database: Database, id: number): JobRecord | undefined {
  const row = database.get<JobRow>(oneSql, id);
  return row === undefined ? undefined : toRecord(row);
}

/** Lists jobs by descending id, a page at a time. Throws QueueError BAD_CURSOR or BAD_OPTION (limit). [Q25] */
export function listJobs(database: Database, filter: JobFilter): JobPage {
  const limit = filter.limit ?? 50;
  checkWhole("limit", limit, 1, 200);
  const parts = ["id < ?"];
  const values: SqlValue[] = [cursorToId(filter.cursor ?? null)];
  for (const [column, value] of [
    ["status", filter.status],
    ["job_type", filter.type],
    ["workspace_id", filter.workspaceId],
    ["group_name", filter.group],
    ["parent_id", filter.parentId],
  ] as const) {
    if (value === undefined) continue;
    parts.push(`${column} = ?`);
    values.push(value);
  }
  // One more than asked tells whether there is a next page.
  const sql = `SELECT ${jobColumns} FROM job_queue WHERE ${parts.join(" AND ")} ORDER BY id DESC LIMIT ?`;
  const rows = database.all<JobRow>(sql, ...values, limit + 1);
  const items = rows.slice(0, limit).map(toRecord);
  return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null };
}

const childrenSql = `SELECT ${jobColumns} FROM job_queue INDEXED BY job_queue_children
  WHERE parent_id = ? AND parent_id IS NOT NULL ORDER BY id`;

/** Reads all children of a job, in the order they were added. [Q41] */
export function readChildren(database: Database, parentId: number): JobRecord[] {
  return database.all<JobRow>(childrenSql, parentId).map(toRecord);
}

const attemptsSql = `SELECT attempt, outcome, error, owner, started_at AS startedAtMs, ended_at AS endedAtMs
  FROM job_attempts WHERE job_id = ? ORDER BY claim`;

/** Reads the attempts of a job that did not complete it, oldest first. */
export function listAttempts(database: Database, id: number): JobAttempt[] {
  return database.all<JobAttempt>(attemptsSql, id);
}

/** Turns a row into a record. */
export function toRecord(row: JobRow): JobRecord {
  return {
    ...row,
    payload: JSON.parse(row.payload) as unknown,
    result: row.result === null ? null : (JSON.parse(row.result) as unknown),
  };
}

function cursorToId(cursor: string | null): number {
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  if (/^[1-9]\d{0,15}$/.test(cursor)) return Number(cursor);
  throw new QueueError(
    "BAD_CURSOR",
    `${JSON.stringify(cursor.slice(0, 40))} is not a cursor of this list. Begin without one.`,
  );
}
