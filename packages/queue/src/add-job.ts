import type { Unit } from "@kingly/sqlite";
import { encodePayload } from "./encode-payload.ts";
import type { JobMap } from "./job.ts";
import { QueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";
import type { QueueSettings } from "./queue-options.ts";

/** A job to be added. Give `delayMs` or `runAtMs` or neither, never both. */
export type NewJob<Jobs extends JobMap> = {
  [Type in keyof Jobs & string]: {
    readonly type: Type;
    readonly payload: Jobs[Type];
    readonly workspaceId?: string | null | undefined;
    readonly cid?: string | null | undefined;
    /** -1000 to 1000; the highest runs first. @default 0 */
    readonly priority?: number | undefined;
    /** Wait this long, in ms. @default 0 */
    readonly delayMs?: number | undefined;
    /** Run at this time, in ms since 1970; a time that is past means now. */
    readonly runAtMs?: number | undefined;
    /** While a job of this type and key is pending or running, that job is returned instead. 1 to 200 signs. [Q5] */
    readonly key?: string | null | undefined;
    /** 1 to 1000. @default the queue's maxAttempts */
    readonly maxAttempts?: number | undefined;
  };
}[keyof Jobs & string];

/** What `add` did: `added` is false when the job of this key was there already. */
export interface AddedJob {
  readonly id: number;
  readonly added: boolean;
}

/** Adds jobs inside the caller's units. */
export interface JobAdder {
  add(unit: Unit, job: NewJob<JobMap>): AddedJob;
}

/** Bounds of `priority`, both included. */
export const maxPriority = 1000;

// Pending jobs are counted again after so many were added: exact near the limit, cheap far from it.
const recountAfter = 1000;

/** Creates the writing side of the queue. Nothing here wakes a worker: the caller does, after the commit. [Q3] [Q4] */
export function createJobAdder(deps: { readonly nowMs: () => number }, settings: QueueSettings): JobAdder {
  let headroom = 0;
  const takeRoom = (unit: Unit): void => {
    if (headroom > 0) {
      headroom -= 1;
      return;
    }
    const sql = `SELECT count(*) AS pending FROM (
      SELECT 1 FROM job_queue INDEXED BY job_queue_pending WHERE status = 'pending' LIMIT ?)`;
    const pending = unit.get<{ pending: number }>(sql, settings.maxPending)?.pending ?? 0;
    if (pending >= settings.maxPending) {
      const message = `${pending} jobs are pending already (maxPending). Add again when some have run.`;
      throw new QueueError("QUEUE_FULL", message);
    }
    headroom = Math.min(recountAfter, settings.maxPending - pending) - 1;
  };

  return {
    add(unit, job) {
      const nowMs = deps.nowMs();
      checkJob(job);
      const payload = encodePayload(job.payload, settings.maxPayloadBytes);
      const key = job.key ?? null;
      if (key !== null) {
        const held = findByKey(unit, job.type, key);
        if (held !== undefined) return { id: held, added: false };
      }
      takeRoom(unit);
      const done = unit.run(
        `INSERT INTO job_queue (job_type, payload, priority, run_at, max_attempts, dedupe_key, workspace_id, cid, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        job.type,
        payload,
        job.priority ?? 0,
        job.runAtMs ?? nowMs + (job.delayMs ?? 0),
        job.maxAttempts ?? settings.maxAttempts,
        key,
        job.workspaceId ?? null,
        job.cid ?? null,
        nowMs,
      );
      return { id: Number(done.lastInsertRowid), added: true };
    },
  };
}

/** Returns the id of the living job of this type and key, if there is one. [Q5] */
export function findByKey(unit: Unit, type: string, key: string): number | undefined {
  const sql = `SELECT id FROM job_queue INDEXED BY job_queue_key
    WHERE job_type = ? AND dedupe_key = ? AND dedupe_key IS NOT NULL AND status IN ('pending', 'running')`;
  return unit.get<{ id: number }>(sql, type, key)?.id;
}

function checkJob(job: NewJob<JobMap>): void {
  checkText("type", job.type, 100);
  if (job.key !== undefined && job.key !== null) checkText("key", job.key, 200);
  if (job.workspaceId !== undefined && job.workspaceId !== null) checkText("workspaceId", job.workspaceId, 200);
  if (job.cid !== undefined && job.cid !== null) checkText("cid", job.cid, 200);
  if (job.delayMs !== undefined && job.runAtMs !== undefined) {
    throw new QueueError("BAD_JOB", "A job has delayMs or runAtMs, not both. Leave one out.");
  }
  try {
    checkWhole("priority", job.priority ?? 0, -maxPriority, maxPriority);
    checkWhole("delayMs", job.delayMs ?? 0, 0, Number.MAX_SAFE_INTEGER / 2);
    checkWhole("runAtMs", job.runAtMs ?? 0, 0, Number.MAX_SAFE_INTEGER);
    checkWhole("maxAttempts", job.maxAttempts ?? 1, 1, 1000);
  } catch (thrown) {
    throw new QueueError("BAD_JOB", thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}

function checkText(name: string, value: unknown, maxSigns: number): void {
  if (typeof value === "string" && value.length >= 1 && value.length <= maxSigns) return;
  const given = typeof value === "string" ? `a text of ${value.length} signs` : `a ${typeof value}`;
  throw new QueueError("BAD_JOB", `${name} must be a text of 1 to ${maxSigns} signs, not ${given}.`);
}
