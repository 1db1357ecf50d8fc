import type { Database, Unit } from "@kingly/sqlite";
import { lastRun, nextRun, parseCron } from "./cron.ts";
import type { JobFields, NewJob } from "./new-job.ts";
import type { JobMap } from "./job.ts";
import { QueueError } from "./queue-error.ts";

/** A job that is added again and again. */
export type NewSchedule<Jobs extends JobMap> = {
  [Type in keyof Jobs & string]: {
    /** 1 to 100 signs; the same name again changes the schedule. */
    readonly name: string;
    /** Five fields, UTC: minute hour day month weekday. */
    readonly cron: string;
    readonly job: Pick<JobFields, "workspaceId" | "cid" | "group" | "priority" | "maxAttempts"> & {
      readonly type: Type;
      readonly payload: Jobs[Type];
    };
  };
}[keyof Jobs & string];

/** A schedule as it stands in the table. */
export interface Schedule {
  readonly name: string;
  readonly cron: string;
  readonly type: string;
  readonly nextRunAtMs: number;
}

/** Schedules of one file at most. */
export const maxSchedules = 1000;

const putSql = `INSERT INTO queue_schedules (name, cron, job, next_run_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET job = excluded.job, cron = excluded.cron,
    next_run_at = CASE WHEN cron = excluded.cron THEN min(next_run_at, excluded.next_run_at) ELSE excluded.next_run_at END`;

/** Keeps a schedule; with the same expression as before, its next run stays as it was. Throws BAD_CRON, BAD_JOB. [Q35] */
export function putSchedule(unit: Unit, schedule: NewSchedule<JobMap>, nowMs: number): void {
  const { name, cron, job } = schedule;
  if (name.length < 1 || name.length > 100) {
    throw new QueueError("BAD_JOB", `A schedule must have a name of 1 to 100 signs, not ${name.length}.`);
  }
  const nextRunAt = nextRun(parseCron(cron), nowMs);
  const count = unit.get<{ n: number }>("SELECT count(*) AS n FROM queue_schedules WHERE name <> ?", name)?.n ?? 0;
  if (count >= maxSchedules) {
    throw new QueueError("QUEUE_FULL", `${count} schedules are kept already. Remove some first.`);
  }
  unit.run(putSql, name, cron, JSON.stringify(job), nextRunAt);
}

/** Removes a schedule; jobs that it added stay. Returns whether it was there. */
export function removeSchedule(unit: Unit, name: string): boolean {
  return unit.run("DELETE FROM queue_schedules WHERE name = ?", name).changes === 1;
}

/** Lists all schedules by name. */
export function listSchedules(database: Database): Schedule[] {
  return database.all<Schedule>(
    `SELECT name, cron, job ->> 'type' AS type, next_run_at AS nextRunAtMs FROM queue_schedules ORDER BY name`,
  );
}

const dueSql = `SELECT name, cron, job, next_run_at AS nextRunAtMs FROM queue_schedules INDEXED BY queue_schedules_next
  WHERE next_run_at <= ? ORDER BY next_run_at LIMIT 100`;
const nextSql = "SELECT min(next_run_at) AS next FROM queue_schedules";

/** Adds the jobs of schedules whose time has come, each once, and sets their next time. Returns the next of all. [Q35]
 *
 * Runs that were missed are caught up with one job, for the last of them. `add` must not throw. */
export function fireSchedules(
  unit: Unit,
  nowMs: number,
  add: (unit: Unit, job: NewJob<JobMap>, schedule: string) => void,
): number | undefined {
  const next = unit.get<{ next: number | null }>(nextSql)?.next ?? undefined;
  if (next === undefined || next > nowMs) return next;
  const due = unit.all<{ name: string; cron: string; job: string; nextRunAtMs: number }>(dueSql, nowMs);
  for (const schedule of due) {
    const cron = parseCron(schedule.cron);
    const slotMs = lastRun(cron, schedule.nextRunAtMs, nowMs);
    const job = JSON.parse(schedule.job) as NewJob<JobMap>;
    // The key names the slot: whatever happens, a slot has one job.
    add(unit, { ...job, runAtMs: slotMs, key: `cron/${schedule.name}/${slotMs}` }, schedule.name);
    unit.run("UPDATE queue_schedules SET next_run_at = ? WHERE name = ?", nextRun(cron, nowMs), schedule.name);
  }
  return unit.get<{ next: number | null }>(nextSql)?.next ?? undefined;
}
