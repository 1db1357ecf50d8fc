import type { Database, Unit } from "@kingly/sqlite";
import type { JobStatus } from "./job.ts";

/** How many jobs stand in each status. */
export type JobCounts = Readonly<Record<JobStatus, number>>;

/** What a unit changes in the counters, added up and written once. */
export interface Tally {
  /** A job of this type left `from` and came to `to`; null is outside of the table. */
  move(type: string, from: JobStatus | null, to: JobStatus | null, jobs?: number): void;
  /** Notes that jobs became claimable that nobody looks for: those of a key, or a parent. */
  noteReady(): void;
  readonly madeReady: boolean;
  /** Writes what was added up; to be called once, at the end of what changed the rows. */
  write(unit: Unit): void;
}

const addSql = "UPDATE queue_counts SET jobs = jobs + ? WHERE job_type = ? AND status = ?";
const firstSql = "INSERT INTO queue_counts (jobs, job_type, status) VALUES (?, ?, ?)";

/** Creates the tally of one unit: counters cost one statement for each type and status, not for each job. [Q43] */
export function createTally(): Tally {
  const types = new Map<string, Map<JobStatus, number>>();
  let madeReady = false;
  const add = (type: string, status: JobStatus | null, jobs: number): void => {
    if (status === null) return;
    let statuses = types.get(type);
    if (statuses === undefined) types.set(type, (statuses = new Map()));
    statuses.set(status, (statuses.get(status) ?? 0) + jobs);
  };
  return {
    noteReady: () => void (madeReady = true),
    get madeReady() {
      return madeReady;
    },
    move(type, from, to, jobs = 1) {
      add(type, from, -jobs);
      add(type, to, jobs);
    },
    write(unit) {
      for (const [type, statuses] of types) {
        for (const [status, jobs] of statuses) {
          if (jobs === 0) continue;
          if (unit.run(addSql, jobs, type, status).changes === 0) unit.run(firstSql, jobs, type, status);
        }
      }
      types.clear();
    },
  };
}

const none: JobCounts = { pending: 0, running: 0, completed: 0, dead: 0, cancelled: 0 };

/** Reads the counters of all types together, or of one; reads no jobs. [Q43] */
export function countJobs(database: Database, type?: string): JobCounts {
  const counts = { ...none };
  const rows =
    type === undefined
      ? database.all<CountRow>("SELECT status, sum(jobs) AS jobs FROM queue_counts GROUP BY status")
      : database.all<CountRow>("SELECT status, jobs FROM queue_counts WHERE job_type = ?", type);
  for (const row of rows) counts[row.status] = row.jobs;
  return counts;
}

/** What is known of one type. */
export interface TypeStats {
  readonly type: string;
  readonly counts: JobCounts;
  /** How long the oldest job that could run waits already, in ms; null when none does. */
  readonly oldestPendingMs: number | null;
  /** Why the type is paused; null when it is not. */
  readonly paused: string | null;
}

/** Reads counters, oldest waiting job and pause of each type that ever had a job, by name. [Q43] */
export function readStats(database: Database, nowMs: number): TypeStats[] {
  const types = new Map<string, { -readonly [S in JobStatus]: number }>();
  for (const row of database.all<CountRow & { type: string }>(
    "SELECT job_type AS type, status, jobs FROM queue_counts ORDER BY job_type",
  )) {
    const counts = types.get(row.type) ?? { ...none };
    counts[row.status] = row.jobs;
    types.set(row.type, counts);
  }
  const pauses = new Map(
    database
      .all<{ type: string; reason: string }>("SELECT job_type AS type, reason FROM queue_pauses")
      .map(({ type, reason }) => [type, reason]),
  );
  return Array.from(types, ([type, counts]) => {
    const oldest = counts.pending === 0 ? undefined : oldestReadyMs(database, type);
    return {
      type,
      counts,
      oldestPendingMs: oldest === undefined ? null : Math.max(0, nowMs - oldest),
      paused: pauses.get(type) ?? null,
    };
  });
}

interface CountRow {
  readonly status: JobStatus;
  readonly jobs: number;
}

// One seek for each priority and group in use, a thousand at most.
const oldestSql = `WITH RECURSIVE asked (type) AS (SELECT ?), heads (priority, name, run_at) AS (
    SELECT * FROM (SELECT priority, group_name, run_at FROM job_queue INDEXED BY job_queue_ready
      WHERE status = 'pending' AND waits IS NULL AND job_type = (SELECT type FROM asked)
      ORDER BY priority DESC, group_name, run_at LIMIT 1)
    UNION ALL
    SELECT coalesce(same.priority, lower.priority), coalesce(same.group_name, lower.group_name),
      coalesce(same.run_at, lower.run_at)
    FROM heads
    LEFT JOIN job_queue same ON same.id = (SELECT id FROM job_queue INDEXED BY job_queue_ready
      WHERE status = 'pending' AND waits IS NULL AND job_type = (SELECT type FROM asked) AND priority = heads.priority
        AND group_name > heads.name ORDER BY group_name, run_at LIMIT 1)
    LEFT JOIN job_queue lower ON same.id IS NULL AND lower.id = (SELECT id FROM job_queue INDEXED BY job_queue_ready
      WHERE status = 'pending' AND waits IS NULL AND job_type = (SELECT type FROM asked) AND priority < heads.priority
      ORDER BY priority DESC, group_name, run_at LIMIT 1)
    WHERE same.id IS NOT NULL OR lower.id IS NOT NULL
    LIMIT 1000)
  SELECT min(run_at) AS runAt FROM heads`;

function oldestReadyMs(database: Database, type: string): number | undefined {
  return database.get<{ runAt: number | null }>(oldestSql, type)?.runAt ?? undefined;
}
