import type { SqlValue, Unit } from "@kingly/sqlite";
import { admitWaiting, waitsFor } from "./admit-key.ts";
import type { ClaimedJob, Identity } from "./claim-jobs.ts";
import type { JobDefinition } from "./define-jobs.ts";
import { createTally } from "./job-counts.ts";
import type { Tally } from "./job-counts.ts";
import type { JobMap, WaitsFor } from "./job.ts";
import { takeParent } from "./job-family.ts";
import { checkNewJob } from "./new-job.ts";
import type { CheckedJob, NewJob } from "./new-job.ts";
import { QueueError } from "./queue-error.ts";
import type { QueueSettings } from "./queue-options.ts";

/** What `add` did: `added` is false when the job of this key was there already, `replaced` tells that it was changed. */
export interface AddedJob {
  readonly id: number;
  readonly added: boolean;
  readonly replaced?: boolean;
}

/** What was added, and the claim when it was added as running. */
export interface Addition {
  readonly result: AddedJob;
  readonly claimed?: ClaimedJob;
}

/** Adds jobs inside the caller's units. */
export interface JobAdder {
  add(unit: Unit, job: NewJob<JobMap>): Addition;
  /** Adds a job that is claimed like any other: who adds it starts nothing. */
  addPending(unit: Unit, job: NewJob<JobMap>): AddedJob;
  /** Tells `each` of every job as soon as it is added: a later one may be refused. */
  addMany(unit: Unit, jobs: readonly NewJob<JobMap>[], each: (addition: Addition) => AddedJob): AddedJob[];
}

interface AdderDeps {
  readonly nowMs: () => number;
  readonly definitions: ReadonlyMap<string, JobDefinition> | undefined;
  /** Says who runs a due job of this type at once: a slot is free here, and no other job waits for it. [Q6] */
  readonly claimer: (unit: Unit, type: string) => Identity | undefined;
}

// Pending jobs are counted again after so many were added: exact near the limit, cheap far from it.
const recountAfter = 1000;

const pendingSql = "SELECT sum(jobs) AS pending FROM queue_counts WHERE status = 'pending'";
// One more than every id that was ever used, also when its job was pruned. AUTOINCREMENT would do the same and write one
// page more for each unit: so its counter is kept ahead, and has nothing to write.
const nextId = "(1 + max(coalesce((SELECT max(id) FROM job_queue), 0), (SELECT up_to FROM queue_pruned)))";
const aheadBy = 10_000;
const aheadSql = "UPDATE sqlite_sequence SET seq = ? WHERE name = 'job_queue' AND seq < ?";
const insertSql = `INSERT INTO job_queue (id, job_type, payload, priority, run_at, max_attempts, dedupe_key, workspace_id, cid,
    created_at, group_name, waits, concurrency_key, key_limit, parent_id, depth, searched)
  VALUES (${nextId}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const insertClaimedSql = `INSERT INTO job_queue (id, job_type, payload, priority, run_at, max_attempts, dedupe_key,
    workspace_id, cid, created_at, group_name, waits, concurrency_key, key_limit, parent_id, depth, searched,
    status, claim, attempt, owner, owner_epoch, lease_until, started_at)
  VALUES (${nextId}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 1, 1, ?, ?, ?, ?)`;
const replaceSql = `UPDATE job_queue SET payload = ?, priority = ?, run_at = ?, waits = ?, max_attempts = ?, cid = ?
  WHERE id = ? AND status = 'pending'`;

/** Creates the writing side of the queue. Nothing here wakes a worker: the caller does, after the commit. [Q3] [Q4] */
export function createJobAdder(deps: AdderDeps, settings: QueueSettings): JobAdder {
  let headroom = 0;
  let countedAheadTo = 0;
  const insertRow = (unit: Unit, sql: string, ...values: readonly SqlValue[]): number => {
    const id = Number(unit.run(sql, ...values).lastInsertRowid);
    if (id > countedAheadTo) {
      countedAheadTo = id + aheadBy;
      unit.run(aheadSql, countedAheadTo, countedAheadTo);
    }
    return id;
  };
  const takeRoom = (unit: Unit, tally: Tally): void => {
    if (headroom > 0) {
      headroom -= 1;
      return;
    }
    // What this unit has added so far must be in the counters, too.
    tally.write(unit);
    const pending = unit.get<{ pending: number | null }>(pendingSql)?.pending ?? 0;
    if (pending >= settings.maxPending) {
      const message = `${pending} jobs are pending already (maxPending). Add again when some have run.`;
      throw new QueueError("QUEUE_FULL", message);
    }
    headroom = Math.min(recountAfter, settings.maxPending - pending) - 1;
  };

  const replace = (unit: Unit, job: CheckedJob, held: LivingJob, nowMs: number): Addition => {
    const { id, concurrencyKey } = held;
    let { waits } = held;
    // A job that awaits its children goes on doing so; any other waits for its new time, then for its own key.
    if (waits !== "children" && job.runAtMs > nowMs) waits = "time";
    else if (waits === "time") waits = waitsFor(unit, { ...held, runAtMs: job.runAtMs }, nowMs);
    unit.run(replaceSql, job.payload, job.priority, job.runAtMs, waits, job.maxAttempts, job.cid, id);
    if (concurrencyKey !== null) admitWaiting(unit, concurrencyKey);
    return { result: { id, added: false, replaced: true } };
  };

  const insert = (unit: Unit, job: CheckedJob, nowMs: number, tally: Tally, atOnce: boolean): Addition => {
    takeRoom(unit, tally);
    const depth = job.parentId === null ? 0 : takeParent(unit, job.parentId);
    const waits = waitsFor(unit, job, nowMs);
    const values = [
      job.type,
      job.payload,
      job.priority,
      job.runAtMs,
      job.maxAttempts,
      job.key,
      job.workspaceId,
      job.cid,
      nowMs,
      job.group,
      waits,
      job.concurrencyKey,
      job.keyLimit,
      job.parentId,
      depth,
      settings.search ? 1 : 0,
    ] as const;
    const claimer = atOnce && waits === null ? deps.claimer(unit, job.type) : undefined;
    if (claimer === undefined) {
      const id = insertRow(unit, insertSql, ...values);
      tally.move(job.type, null, "pending");
      return { result: { id, added: true } };
    }
    const { owner, epoch } = claimer;
    const id = insertRow(unit, insertClaimedSql, ...values, owner, epoch, nowMs + settings.leaseMs, nowMs);
    tally.move(job.type, null, "running");
    const { type, payload, maxAttempts, workspaceId, cid, group, parentId } = job;
    const token = { id, claim: 1, epoch, attempt: 1, startedAtMs: nowMs, awaited: 0 };
    const claimed = { ...token, type, payload, maxAttempts, workspaceId, cid, group, parentId };
    return { result: { id, added: true }, claimed };
  };

  const addOne = (unit: Unit, job: NewJob<JobMap>, tally: Tally, atOnce = true): Addition => {
    const nowMs = deps.nowMs();
    const checked = checkNewJob(job, nowMs, settings, deps.definitions);
    if (checked.key !== null) {
      const held = findByKey(unit, checked.type, checked.key);
      if (held !== undefined && !checked.replaces) return { result: { id: held.id, added: false } };
      // What runs already cannot be changed any more: the new payload becomes a job of its own.
      if (held?.status === "pending") return replace(unit, checked, held, nowMs);
    }
    return insert(unit, checked, nowMs, tally, atOnce);
  };

  return {
    add(unit, job) {
      const tally = createTally();
      const added = addOne(unit, job, tally);
      tally.write(unit);
      return added;
    },
    addPending(unit, job) {
      const tally = createTally();
      const { result } = addOne(unit, job, tally, false);
      tally.write(unit);
      return result;
    },
    addMany(unit, jobs, each) {
      const tally = createTally();
      try {
        return jobs.map((job) => each(addOne(unit, job, tally)));
      } finally {
        // Also when one was refused and the caller goes on with its unit: the others stand.
        tally.write(unit);
      }
    },
  };
}

/** The living job of a key. */
export interface LivingJob {
  readonly id: number;
  readonly status: "pending" | "running";
  readonly waits: WaitsFor | null;
  readonly concurrencyKey: string | null;
  readonly keyLimit: number | null;
}

const byKeySql = `SELECT id, status, waits, concurrency_key AS concurrencyKey, key_limit AS keyLimit
  FROM job_queue INDEXED BY job_queue_key
  WHERE job_type = ? AND dedupe_key = ? AND dedupe_key IS NOT NULL AND status IN ('pending', 'running')`;

/** Returns the living job of this type and key, if there is one: the pending one first. [Q5] */
export function findByKey(unit: Unit, type: string, key: string): LivingJob | undefined {
  let found: LivingJob | undefined;
  // Hardly ever more than one: cheaper than a statement that always sorts.
  for (const job of unit.all<LivingJob>(byKeySql, type, key)) {
    if (found === undefined || comesBefore(job, found)) found = job;
  }
  return found;
}

function comesBefore(job: LivingJob, other: LivingJob): boolean {
  return job.status === other.status ? job.id > other.id : job.status === "pending";
}
