import { sql } from "kysely";
import type { Kysely } from "kysely";

/** Migration 002: groups, waiting states, keys with limits, parents, results, progress, counters, schedules. [Q26]
 *
 * Adds columns and tables; rows that 001 wrote are read on. A pending job is claimable when `waits` is null. */
export async function extendJobTables(db: Kysely<unknown>): Promise<void> {
  for (const column of [
    "group_name TEXT NOT NULL DEFAULT ''",
    // time: not due yet. key: its concurrency key is at its limit. children: its children are not over yet.
    "waits TEXT CHECK (waits IN ('time', 'key', 'children'))",
    "concurrency_key TEXT",
    "key_limit INTEGER",
    "parent_id INTEGER",
    "depth INTEGER NOT NULL DEFAULT 0",
    "children INTEGER NOT NULL DEFAULT 0",
    "awaited INTEGER NOT NULL DEFAULT 0",
    "result TEXT",
    "progress REAL",
    "progress_message TEXT",
    "searched INTEGER NOT NULL DEFAULT 0",
  ]) {
    await sql.raw(`ALTER TABLE job_queue ADD COLUMN ${column}`).execute(db);
  }
  // What is due is found by the first look.
  await sql`UPDATE job_queue SET group_name = coalesce(workspace_id, ''),
    waits = CASE WHEN status = 'pending' THEN 'time' END`.execute(db);
  await sql`DROP INDEX job_queue_pending`.execute(db);
  await sql`CREATE INDEX job_queue_ready ON job_queue (job_type, priority DESC, group_name, run_at)
    WHERE status = 'pending' AND waits IS NULL`.execute(db);
  await sql`CREATE INDEX job_queue_waiting ON job_queue (run_at)
    WHERE status = 'pending' AND waits = 'time'`.execute(db);
  await sql`CREATE INDEX job_queue_limit ON job_queue (concurrency_key, waits, priority DESC, run_at)
    WHERE concurrency_key IS NOT NULL AND status IN ('pending', 'running')`.execute(db);
  // Not unique any more: a job that is taken back may meet a later one of its key, which replaced nothing.
  await sql`DROP INDEX job_queue_key`.execute(db);
  await sql`CREATE INDEX job_queue_key ON job_queue (job_type, dedupe_key)
    WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'running')`.execute(db);
  await sql`CREATE INDEX job_queue_children ON job_queue (parent_id) WHERE parent_id IS NOT NULL`.execute(db);
  await sql`CREATE INDEX job_queue_children_alive ON job_queue (parent_id)
    WHERE parent_id IS NOT NULL AND status IN ('pending', 'running')`.execute(db);
  await sql`CREATE INDEX job_queue_over ON job_queue (status, completed_at)
    WHERE status IN ('completed', 'dead', 'cancelled')`.execute(db);
  await sql`CREATE TABLE queue_counts (
    job_type TEXT NOT NULL,
    status TEXT NOT NULL,
    jobs INTEGER NOT NULL,
    PRIMARY KEY (job_type, status)
  ) STRICT, WITHOUT ROWID`.execute(db);
  await sql`INSERT INTO queue_counts (job_type, status, jobs)
    SELECT job_type, status, count(*) FROM job_queue GROUP BY job_type, status`.execute(db);
  await sql`CREATE TABLE queue_pauses (job_type TEXT PRIMARY KEY, reason TEXT NOT NULL, paused_at INTEGER NOT NULL)
    STRICT, WITHOUT ROWID`.execute(db);
  // Starts of jobs of types with a rate, no older than their window.
  await sql`CREATE TABLE queue_starts (
    id INTEGER PRIMARY KEY,
    job_type TEXT NOT NULL,
    started_at INTEGER NOT NULL
  ) STRICT`.execute(db);
  await sql`CREATE INDEX queue_starts_type ON queue_starts (job_type, started_at)`.execute(db);
  await sql`CREATE TABLE queue_schedules (
    name TEXT PRIMARY KEY,
    cron TEXT NOT NULL,
    job TEXT NOT NULL CHECK (json_valid(job)),
    next_run_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`.execute(db);
  await sql`CREATE INDEX queue_schedules_next ON queue_schedules (next_run_at)`.execute(db);
  await addSearch(db);
}

/** Full text over payload, result and error of the jobs that are marked to be searched. */
async function addSearch(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE VIRTUAL TABLE job_search USING fts5 (payload, result, error, content = '', contentless_delete = 1)`.execute(
    db,
  );
}
