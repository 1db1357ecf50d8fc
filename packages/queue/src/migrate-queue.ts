import { sql } from "kysely";
import { migrate } from "@kingly/sqlite";
import type { Database, Migrations } from "@kingly/sqlite";
import { extendJobTables } from "./extend-job-tables.ts";
import { searchTriggerNames } from "./search-triggers.ts";

const migrations: Migrations = {
  "001_jobs": {
    async up(db) {
      // `claim` counts every claim ever made and never goes back: with the epoch it is the fencing token.
      await sql`CREATE TABLE job_queue (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_type TEXT NOT NULL,
        payload TEXT NOT NULL CHECK (json_valid(payload)),
        status TEXT NOT NULL DEFAULT 'pending'
          CHECK (status IN ('pending', 'running', 'completed', 'dead', 'cancelled')),
        priority INTEGER NOT NULL DEFAULT 0,
        run_at INTEGER NOT NULL,
        attempt INTEGER NOT NULL DEFAULT 0,
        max_attempts INTEGER NOT NULL,
        dedupe_key TEXT,
        workspace_id TEXT,
        cid TEXT,
        claim INTEGER NOT NULL DEFAULT 0,
        owner TEXT,
        owner_epoch INTEGER,
        lease_until INTEGER,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        completed_at INTEGER,
        error TEXT,
        CHECK ((status = 'running') = (lease_until IS NOT NULL AND owner IS NOT NULL AND owner_epoch IS NOT NULL))
      ) STRICT`.execute(db);
      await sql`CREATE INDEX job_queue_pending ON job_queue (job_type, priority DESC, run_at)
        WHERE status = 'pending'`.execute(db);
      await sql`CREATE INDEX job_queue_running ON job_queue (lease_until, owner_epoch)
        WHERE status = 'running'`.execute(db);
      await sql`CREATE UNIQUE INDEX job_queue_key ON job_queue (job_type, dedupe_key)
        WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'running')`.execute(db);
      // Only attempts that did not complete their job: a completed one is told by the job's own row.
      await sql`CREATE TABLE job_attempts (
        job_id INTEGER NOT NULL REFERENCES job_queue (id) ON DELETE CASCADE,
        claim INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('failed', 'lost', 'released', 'cancelled')),
        error TEXT,
        owner TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER NOT NULL,
        PRIMARY KEY (job_id, claim)
      ) STRICT, WITHOUT ROWID`.execute(db);
      // Epochs are one sequence for all owners, so that an epoch alone names one life of one owner.
      await sql`CREATE TABLE queue_owners (
        name TEXT PRIMARY KEY,
        epoch INTEGER NOT NULL UNIQUE,
        opened_at INTEGER NOT NULL
      ) STRICT`.execute(db);
    },
  },
  "002_flow": { up: extendJobTables },
  "003_over": {
    async up(db) {
      // A condition that costs nothing to ask: it is asked at every change of a status.
      await sql`DROP INDEX job_queue_over`.execute(db);
      await sql`CREATE INDEX job_queue_over ON job_queue (status, completed_at) WHERE completed_at IS NOT NULL`.execute(
        db,
      );
    },
  },
  "004_ids": {
    async up(db) {
      // No id at or below it is given again: whoever deletes jobs raises it.
      await sql`CREATE TABLE queue_pruned (up_to INTEGER NOT NULL) STRICT`.execute(db);
      await sql`INSERT INTO queue_pruned SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'job_queue'`.execute(
        db,
      );
      // A row for the counter that is kept ahead of the ids; AUTOINCREMENT makes it only with the first job.
      await sql`INSERT INTO sqlite_sequence (name, seq) SELECT 'job_queue', 0
        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'job_queue')`.execute(db);
    },
  },
  "005_search": {
    async up(db) {
      // 002 made them in every file; now they are made when `search` is asked for.
      const { rows } = await sql`SELECT 1 FROM job_queue WHERE searched = 1 LIMIT 1`.execute(db);
      if (rows.length > 0) return;
      for (const name of searchTriggerNames) await sql.raw(`DROP TRIGGER IF EXISTS ${name}`).execute(db);
    },
  },
};

/** Creates or updates the tables of the queue. Call it before `openQueue`. [Q1] [Q26]
 *
 * Returns the names of the migrations that ran now. Throws DatabaseError SCHEMA when the file is newer than the program. */
export function migrateQueue(database: Database): Promise<readonly string[]> {
  return migrate(database, "queue", migrations);
}
