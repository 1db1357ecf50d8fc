import type { Unit } from "@kingly/sqlite";
import type { Rate } from "./define-jobs.ts";

/** What a rate allows now, and when it allows more; `nextMs` is undefined while it allows anything. */
export interface Allowance {
  readonly starts: number;
  readonly nextMs: number | undefined;
}

// A clock that jumped back leaves starts in the future: those farther off than a window are not believed.
const forgetSql = "DELETE FROM queue_starts WHERE job_type = ? AND (started_at <= ? OR started_at > ?)";
const usedSql = `SELECT count(*) AS used, min(started_at) AS oldest FROM queue_starts INDEXED BY queue_starts_type
  WHERE job_type = ?`;
const startSql = `INSERT INTO queue_starts (job_type, started_at)
  SELECT ?, ? FROM json_each(?)`;

/** Returns how many jobs of the type may start now: `max` less the starts of the last window, of all processes. [Q34] */
export function allowanceOf(unit: Unit, type: string, rate: Rate, nowMs: number): Allowance {
  unit.run(forgetSql, type, nowMs - rate.windowMs, nowMs + rate.windowMs);
  const row = unit.get<{ used: number; oldest: number | null }>(usedSql, type);
  const starts = Math.max(0, rate.max - (row?.used ?? 0));
  return { starts, nextMs: starts > 0 ? undefined : (row?.oldest ?? nowMs) + rate.windowMs };
}

/** Keeps that so many jobs of the type started now. [Q34] */
export function recordStarts(unit: Unit, type: string, nowMs: number, starts: number): void {
  unit.run(startSql, type, nowMs, JSON.stringify(Array.from({ length: starts }, () => 0)));
}
