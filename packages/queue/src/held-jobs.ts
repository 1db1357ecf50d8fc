import type { Token } from "./claim-jobs.ts";
import type { HeldJob } from "./held-job.ts";

/** The jobs in the hands of this process, by token. */
export interface HeldJobs {
  readonly size: number;
  add(job: HeldJob): void;
  delete(job: HeldJob): void;
  find(token: Token): HeldJob | undefined;
  all(): HeldJob[];
}

/** Creates an empty set. The same job may be held twice while an old handler is still on its way out. */
export function createHeldJobs(): HeldJobs {
  const byId = new Map<number, HeldJob>();
  const older = new Set<HeldJob>();
  const isOf = (job: HeldJob | undefined, token: Token): boolean =>
    job?.claimed.claim === token.claim && job.claimed.epoch === token.epoch;
  return {
    get size() {
      return byId.size + older.size;
    },
    add(job) {
      const before = byId.get(job.claimed.id);
      if (before !== undefined) older.add(before);
      byId.set(job.claimed.id, job);
    },
    delete(job) {
      if (byId.get(job.claimed.id) === job) byId.delete(job.claimed.id);
      else older.delete(job);
    },
    find(token) {
      const latest = byId.get(token.id);
      if (isOf(latest, token)) return latest;
      for (const job of older) if (job.claimed.id === token.id && isOf(job, token)) return job;
      return undefined;
    },
    all: () => [...byId.values(), ...older],
  };
}
