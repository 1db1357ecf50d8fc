import type { Unit } from "@kingly/sqlite";
import { admitWaiting } from "./admit-key.ts";

/** Jobs that become claimable in one unit at most; the rest follow in the next. */
export const promotedAtOnce = 1000;

const promoteSql = `UPDATE job_queue SET waits = CASE WHEN concurrency_key IS NULL THEN NULL ELSE 'key' END
  WHERE id IN (SELECT id FROM job_queue INDEXED BY job_queue_waiting
    WHERE status = 'pending' AND waits = 'time' AND run_at <= ? ORDER BY run_at LIMIT ?)
  RETURNING concurrency_key AS key`;
const nextSql = `SELECT run_at AS runAt FROM job_queue INDEXED BY job_queue_waiting
  WHERE status = 'pending' AND waits = 'time' ORDER BY run_at LIMIT 1`;

/** Makes jobs claimable whose time has come. Returns when the next one is due, if any waits for its time. [Q7] */
export function promoteDue(unit: Unit, nowMs: number): number | undefined {
  const next = unit.get<{ runAt: number }>(nextSql)?.runAt;
  if (next === undefined || next > nowMs) return next;
  const keys = new Set(unit.all<{ key: string | null }>(promoteSql, nowMs, promotedAtOnce).map((row) => row.key));
  for (const key of keys) if (key !== null) admitWaiting(unit, key);
  return unit.get<{ runAt: number }>(nextSql)?.runAt;
}
