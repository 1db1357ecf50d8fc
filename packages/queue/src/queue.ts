import type { Unit } from "@kingly/sqlite";
import type { AddedJob } from "./add-job.ts";
import type { JobCounts, TypeStats } from "./job-counts.ts";
import type { Handlers, JobAttempt, JobMap, JobRecord } from "./job.ts";
import type { JobProgress } from "./job-progress.ts";
import type { NewJob } from "./new-job.ts";
import type { JobFilter, JobPage } from "./read-jobs.ts";
import type { Redrive } from "./retry-job.ts";
import type { NewSchedule, Schedule } from "./schedules.ts";
import type { JobSearch } from "./search-jobs.ts";
import type { WorkOptions } from "./worked-types.ts";

/** How long `close` waits. */
export interface CloseOptions {
  /** For running handlers to end by themselves, in ms; then their signals abort. @default 10000 */
  readonly deadlineMs?: number;
  /** For aborted handlers to stop, in ms; then their jobs are given back without them. @default 1000 */
  readonly graceMs?: number;
}

/** A durable queue of typed jobs. Writing methods work inside the caller's unit; reading ones see committed state. */
export interface Queue<Jobs extends JobMap, Results extends JobMap = JobMap> {
  /** Adds a job; it can start once the unit is committed. Throws BAD_JOB, BAD_PAYLOAD, QUEUE_FULL, CLOSED. [Q3] [Q4] */
  add(unit: Unit, job: NewJob<Jobs>): AddedJob;
  /** Adds jobs in their order, 10,000 at most, with one update of the counters. Throws like `add`. [Q28] */
  addMany(unit: Unit, jobs: readonly NewJob<Jobs>[]): AddedJob[];
  /** Begins to claim and run jobs; once. Throws UNKNOWN_TYPE, BAD_OPTION, ALREADY_WORKING, CLOSED. */
  work(handlers: Handlers<Jobs, Results>, options?: WorkOptions<Jobs>): void;
  /** Ends a pending or running job and its living children. Returns false when it was over. [Q22] [Q41] */
  cancel(unit: Unit, id: number, reason: string): boolean;
  /** Gives a dead job a new life. Returns false when it is not dead, or a living job has its key. [Q24] */
  retry(unit: Unit, id: number): boolean;
  /** Gives dead jobs a new life, of one type or of all. Returns how many; fewer than `limit` means all. [Q40] */
  redrive(unit: Unit, which?: Redrive): number;
  /** Starts no more jobs of a type, in any process, until it is resumed. Returns false if it was paused. [Q36] */
  pause(unit: Unit, type: keyof Jobs & string, reason: string): boolean;
  resume(unit: Unit, type: keyof Jobs & string): boolean;
  /** Adds a job at each time of a cron expression (UTC). Throws BAD_CRON, BAD_JOB, BAD_PAYLOAD. [Q35] */
  schedule(unit: Unit, schedule: NewSchedule<Jobs>): void;
  unschedule(unit: Unit, name: string): boolean;
  schedules(): Schedule[];
  get(id: number): JobRecord | undefined;
  list(filter?: JobFilter): JobPage;
  /** Finds jobs by their words; only those added with the option `search`. Throws BAD_OPTION. [Q45] */
  search(search: JobSearch): JobRecord[];
  /** Reads counters of all types, or of one. [Q43] */
  counts(type?: keyof Jobs & string): JobCounts;
  stats(): TypeStats[];
  /** Reads the attempts of a job that did not complete it, oldest first. */
  attempts(id: number): JobAttempt[];
  /** Calls `listener` for every report of a handler of this process. Returns the end of it. [Q38] */
  onProgress(listener: (progress: JobProgress) => void): () => void;
  /** Stops claiming, waits for running jobs, gives back what does not end. Closing again does nothing. [Q23] */
  close(options?: CloseOptions): Promise<void>;
}
