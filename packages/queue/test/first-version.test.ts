import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase, migrate } from "@kingly/sqlite";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { sql } from "kysely";
import { migrateQueue, openQueue } from "../src/index.ts";
import { closeWithoutLeak, createHarness, settle } from "./harness.ts";
import type { Harness, Opened } from "./harness.ts";

let harness: Harness;
let one: Opened;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(async () => {
  await closeWithoutLeak(one);
  await harness.end();
});

test("[Q26] a file of the first version is read on: its jobs run, counted, in the groups of their workspaces", async () => {
  one = await harness.open();
  const old = openDatabase({ path: ":memory:" });
  // The tables as the first version made them.
  await migrate(old, "queue", {
    "001_jobs": {
      async up(db) {
        await sql`CREATE TABLE job_queue (id INTEGER PRIMARY KEY AUTOINCREMENT, job_type TEXT NOT NULL,
          payload TEXT NOT NULL CHECK (json_valid(payload)), status TEXT NOT NULL DEFAULT 'pending'
            CHECK (status IN ('pending', 'running', 'completed', 'dead', 'cancelled')),
          priority INTEGER NOT NULL DEFAULT 0, run_at INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
          max_attempts INTEGER NOT NULL, dedupe_key TEXT, workspace_id TEXT, cid TEXT, claim INTEGER NOT NULL DEFAULT 0,
          owner TEXT, owner_epoch INTEGER, lease_until INTEGER, created_at INTEGER NOT NULL, started_at INTEGER,
          completed_at INTEGER, error TEXT,
          CHECK ((status = 'running') = (lease_until IS NOT NULL AND owner IS NOT NULL AND owner_epoch IS NOT NULL))
        ) STRICT`.execute(db);
        await sql`CREATE INDEX job_queue_pending ON job_queue (job_type, priority DESC, run_at)
          WHERE status = 'pending'`.execute(db);
        await sql`CREATE INDEX job_queue_running ON job_queue (lease_until, owner_epoch)
          WHERE status = 'running'`.execute(db);
        await sql`CREATE UNIQUE INDEX job_queue_key ON job_queue (job_type, dedupe_key)
          WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'running')`.execute(db);
        await sql`CREATE TABLE job_attempts (job_id INTEGER NOT NULL REFERENCES job_queue (id) ON DELETE CASCADE,
          claim INTEGER NOT NULL, attempt INTEGER NOT NULL, outcome TEXT NOT NULL, error TEXT, owner TEXT NOT NULL,
          started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, PRIMARY KEY (job_id, claim)
        ) STRICT, WITHOUT ROWID`.execute(db);
        await sql`CREATE TABLE queue_owners (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL UNIQUE,
          opened_at INTEGER NOT NULL) STRICT`.execute(db);
      },
    },
  });
  const clock = createManualClock();
  const now = clock.nowMs();
  await old.write((unit) => {
    unit.run("INSERT INTO queue_owners VALUES ('main', 4, 1)");
    const put = (payload: number, status: string, runAt: number, more: string): void =>
      void unit.run(
        `INSERT INTO job_queue (job_type, payload, status, run_at, max_attempts, workspace_id, created_at, attempt, claim,
           started_at, owner, owner_epoch, lease_until, completed_at) VALUES ('a', ?, ?, ?, 3, 'w', 1, 1, 1, 1, ${more})`,
        String(payload),
        status,
        runAt,
      );
    put(1, "pending", now - 5, "NULL, NULL, NULL, NULL");
    put(2, "pending", now + 1000, "NULL, NULL, NULL, NULL");
    put(3, "running", now - 5, `'main', 4, ${now + 9_000_000}, NULL`);
    put(4, "completed", now - 5, `NULL, NULL, NULL, ${now}`);
    put(5, "dead", now - 5, `NULL, NULL, NULL, ${now}`);
  });
  expect(await migrateQueue(old)).toEqual(["002_flow", "003_over", "004_ids", "005_search"]);
  const queue = await openQueue<{ a: number }>({ database: old, clock, random: createSeededRandom(1) });
  expect(queue.counts()).toEqual({ pending: 3, running: 0, completed: 1, dead: 1, cancelled: 0 });
  const ran: number[] = [];
  queue.work({ a: async (job) => void ran.push(job.payload) });
  await settle();
  expect(new Set(ran)).toEqual(new Set([1, 3]));
  await clock.advanceAsync(1000);
  await settle();
  expect(ran).toHaveLength(3);
  expect(queue.list({ group: "w" }).items).toHaveLength(5);
  await queue.close();
  await old.close();
});
