import type { Unit } from "@kingly/sqlite";

/** Pauses a type in every process of the file: what runs goes on, nothing new starts. Returns false if it was. [Q36] */
export function pauseType(unit: Unit, type: string, reason: string, nowMs: number): boolean {
  const sql = "INSERT INTO queue_pauses (job_type, reason, paused_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
  return unit.run(sql, type, reason.slice(0, 500), nowMs).changes === 1;
}

/** Lets a type go on. Returns false when it was not paused. [Q36] */
export function resumeType(unit: Unit, type: string): boolean {
  return unit.run("DELETE FROM queue_pauses WHERE job_type = ?", type).changes === 1;
}
