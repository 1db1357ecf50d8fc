import type { Database, Unit } from "@kingly/sqlite";
import { claimJobs } from "./claim-jobs.ts";
import type { ClaimedJob, ClaimTime, Demand, Identity } from "./claim-jobs.ts";
import { createTurns } from "./fair-turns.ts";
import type { WorkedType } from "./held-job.ts";
import type { Tally } from "./job-counts.ts";
import { allowanceOf, recordStarts } from "./rate-limit.ts";

/** What a claim found: the jobs, and when a rate allows more. */
export interface Claims {
  readonly jobs: readonly ClaimedJob[];
  readonly nextMs: number | undefined;
}

/** Claims jobs for free slots, under what pauses and rates allow. */
export interface JobClaimer {
  claim(unit: Unit, demands: readonly Demand[], time: ClaimTime, tally: Tally): Claims;
  /** Tells whether there is anything to claim, or soon to be due, without taking the lock. [Q46] */
  hasWork(database: Database, demands: readonly Demand[]): boolean;
  /** Tells whether a due job of this type that is added now may start at once, without waiting its turn. [Q6] */
  mayStartAtOnce(unit: Unit, type: WorkedType): boolean;
}

const pausesSql = "SELECT job_type AS type FROM queue_pauses";
const atOnceSql = `SELECT (SELECT epoch FROM queue_owners WHERE name = ?) AS epoch,
  EXISTS (SELECT 1 FROM queue_pauses WHERE job_type = ?) AS paused,
  EXISTS (SELECT 1 FROM job_queue INDEXED BY job_queue_ready
    WHERE status = 'pending' AND waits IS NULL AND job_type = ?) AS backlog`;

const readySql = `SELECT 1 FROM job_queue INDEXED BY job_queue_ready
  WHERE status = 'pending' AND waits IS NULL AND job_type = ? LIMIT 1`;
const timesSql = `SELECT (SELECT run_at FROM job_queue INDEXED BY job_queue_waiting
    WHERE status = 'pending' AND waits = 'time' ORDER BY run_at LIMIT 1) AS waiting,
  (SELECT count(DISTINCT owner_epoch) FROM job_queue INDEXED BY job_queue_running WHERE status = 'running') AS leases,
  (SELECT min(next_run_at) FROM queue_schedules) AS scheduled`;

/** Creates the claimer of one owner. [Q8] [Q31] [Q34] [Q36] */
export function createJobClaimer(identity: Identity, types: ReadonlyMap<string, WorkedType>): JobClaimer {
  const turns = createTurns();
  let knownTimes = "";
  return {
    claim(unit, demands, time, tally) {
      if (demands.length === 0) return { jobs: [], nextMs: undefined };
      const paused = new Set(unit.all<{ type: string }>(pausesSql).map((row) => row.type));
      let nextMs: number | undefined;
      const allowed: Demand[] = [];
      for (const demand of demands) {
        if (paused.has(demand.type)) continue;
        const rate = types.get(demand.type)?.rate;
        if (rate === undefined) {
          allowed.push(demand);
          continue;
        }
        const allowance = allowanceOf(unit, demand.type, rate, time.nowMs);
        if (allowance.nextMs !== undefined) nextMs = Math.min(nextMs ?? allowance.nextMs, allowance.nextMs);
        const slots = Math.min(demand.slots, allowance.starts);
        if (slots > 0) allowed.push({ type: demand.type, slots });
      }
      const jobs = claimJobs(unit, identity, allowed, { time, turns, tally });
      for (const { type } of allowed) {
        if (types.get(type)?.rate === undefined) continue;
        const starts = jobs.filter((job) => job.type === type).length;
        if (starts > 0) recordStarts(unit, type, time.nowMs, starts);
      }
      return { jobs, nextMs };
    },
    hasWork(database, demands) {
      const row = database.get<{ waiting: number | null; leases: number | null; scheduled: number | null }>(timesSql);
      const times = `${row?.waiting} ${row?.leases} ${row?.scheduled}`;
      // Another time than the timer was set by: the worker must look, and set it anew.
      const changed = times !== knownTimes;
      knownTimes = times;
      return changed || demands.some(({ type }) => database.get(readySql, type) !== undefined);
    },
    mayStartAtOnce(unit, type) {
      if (type.rate !== undefined) return false;
      const now = unit.get<{ epoch: number | null; paused: number; backlog: number }>(
        atOnceSql,
        identity.owner,
        type.name,
        type.name,
      );
      return now?.epoch === identity.epoch && now.paused === 0 && now.backlog === 0;
    },
  };
}
