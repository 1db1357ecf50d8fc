import type { Database, SqlValue } from "@kingly/sqlite";
import type { JobAttempt, JobRecord, JobStatus } from "./job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";

/** Which jobs to list; newest first. */
export interface JobFilter {
  readonly status?: JobStatus | undefined;
  readonly type?: string | undefined;
  readonly workspaceId?: string | undefined;
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

/** How many jobs stand in each status. */
export type JobCounts = Readonly<Record<JobStatus, number>>;

const columns = `id, job_type AS type, payload, status, priority, run_at AS runAtMs, attempt, max_attempts AS maxAttempts,
  dedupe_key AS key, workspace_id AS workspaceId, cid, error, created_at AS createdAtMs, started_at AS startedAtMs,
  completed_at AS endedAtMs`;

/** Reads one job, committed state only. */
export function getJob(database: Database, id: number): JobRecord | undefined {
  const row = database.get<JobRecord<string>>(`SELECT ${columns} FROM job_queue WHERE id = ?`, id);
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
  ] as const) {
    if (value === undefined) continue;
    parts.push(`${column} = ?`);
    values.push(value);
  }
  // One more than asked tells whether there is a next page.
  const sql = `SELECT ${columns} FROM job_queue WHERE ${parts.join(" AND ")} ORDER BY id DESC LIMIT ?`;
  const rows = database.all<JobRecord<string>>(sql, ...values, limit + 1);
  const items = rows.slice(0, limit).map(toRecord);
  return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null };
}

/** Counts the jobs of each status, committed state only. */
export function countJobs(database: Database): JobCounts {
  const counts = { pending: 0, running: 0, completed: 0, dead: 0, cancelled: 0 };
  const sql = "SELECT status, count(*) AS jobs FROM job_queue GROUP BY status";
  for (const row of database.all<{ status: JobStatus; jobs: number }>(sql)) counts[row.status] = row.jobs;
  return counts;
}

/** Reads the attempts of a job that did not complete it, oldest first. */
export function listAttempts(database: Database, id: number): JobAttempt[] {
  const sql = `SELECT attempt, outcome, error, owner, started_at AS startedAtMs, ended_at AS endedAtMs
    FROM job_attempts WHERE job_id = ? ORDER BY claim`;
  return database.all<JobAttempt>(sql, id);
}

function toRecord(row: JobRecord<string>): JobRecord {
  return { ...row, payload: JSON.parse(row.payload) as unknown };
}

function cursorToId(cursor: string | null): number {
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  if (/^[1-9]\d{0,15}$/.test(cursor)) return Number(cursor);
  throw new QueueError(
    "BAD_CURSOR",
    `${JSON.stringify(cursor.slice(0, 40))} is not a cursor of this list. Begin without one.`,
  );
}
