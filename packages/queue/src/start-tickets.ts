import type { Unit } from "@kingly/sqlite";
import type { ClaimedJob } from "./claim-jobs.ts";

/** Slots promised to jobs that a unit claimed or added as running, until they start. */
export interface Tickets {
  take(job: ClaimedJob): void;
  give(id: number): void;
  has(id: number): boolean;
  /** How many jobs of the type hold a ticket. */
  count(type: string): number;
  /** Takes tickets back whose unit was: their job is not in the table. */
  dropUndone(unit: Unit): void;
}

const thereSql =
  "SELECT 1 AS there FROM job_queue WHERE id = ? AND status = 'running' AND claim = ? AND owner_epoch = ?";

/** Creates an empty set of tickets. A unit that is taken back says nothing: so a look asks the table. */
export function createTickets(): Tickets {
  const byId = new Map<number, ClaimedJob>();
  const counts = new Map<string, number>();
  const change = (type: string, by: number): void => void counts.set(type, (counts.get(type) ?? 0) + by);
  const give = (id: number): void => {
    const job = byId.get(id);
    if (job === undefined) return;
    byId.delete(id);
    change(job.type, -1);
  };
  return {
    take(job) {
      // An id that was taken back with its unit comes again.
      give(job.id);
      byId.set(job.id, job);
      change(job.type, 1);
    },
    give,
    has: (id) => byId.has(id),
    count: (type) => counts.get(type) ?? 0,
    dropUndone(unit) {
      for (const { id, claim, epoch } of byId.values()) {
        if (unit.get(thereSql, id, claim, epoch) === undefined) give(id);
      }
    },
  };
}
