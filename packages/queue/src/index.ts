// The public API of @kingly/queue: durable typed jobs in SQLite.
export type { AddedJob, NewJob } from "./add-job.ts";
export type {
  Finish,
  Handler,
  HandlerOptions,
  Handlers,
  Job,
  JobAttempt,
  JobContext,
  JobMap,
  JobOf,
  JobRecord,
  JobStatus,
  OnDead,
} from "./job.ts";
export { migrateQueue } from "./migrate-queue.ts";
export { openQueue } from "./open-queue.ts";
export type { CloseOptions, Queue, QueueDeps } from "./open-queue.ts";
export { PermanentFailure } from "./permanent-failure.ts";
export { QueueError, isQueueError } from "./queue-error.ts";
export type { QueueErrorCode } from "./queue-error.ts";
export type { QueueOptions } from "./queue-options.ts";
export type { JobCounts, JobFilter, JobPage } from "./read-jobs.ts";
export type { WorkOptions } from "./worked-types.ts";
