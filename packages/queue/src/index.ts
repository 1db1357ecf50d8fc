// The public API of @kingly/queue: durable typed jobs in SQLite.
export type { AddedJob } from "./add-job.ts";
export { nextRun, parseCron } from "./cron.ts";
export type { Cron } from "./cron.ts";
export { defineJobs } from "./define-jobs.ts";
export type { JobDefinition, JobDefinitions, PayloadsOf, Rate, ResultsOf } from "./define-jobs.ts";
export type { InferSchema, JsonSchema } from "./infer-schema.ts";
export type { JobCounts, TypeStats } from "./job-counts.ts";
export type { JobProgress } from "./job-progress.ts";
export type {
  Finish,
  Handler,
  HandlerOptions,
  Handlers,
  Job,
  JobAttempt,
  JobContext,
  JobEnd,
  JobMap,
  JobOf,
  JobRecord,
  JobStatus,
  OnDead,
  ResultOf,
  WaitsFor,
} from "./job.ts";
export { migrateQueue } from "./migrate-queue.ts";
export type { JobFields, NewJob } from "./new-job.ts";
export { openQueue } from "./open-queue.ts";
export type { QueueDeps } from "./open-queue.ts";
export { PermanentFailure } from "./permanent-failure.ts";
export type { Retention, RetentionRule } from "./prune-jobs.ts";
export type { CloseOptions, Queue } from "./queue.ts";
export { QueueError, isQueueError } from "./queue-error.ts";
export type { QueueErrorCode } from "./queue-error.ts";
export type { QueueOptions } from "./queue-options.ts";
export type { JobFilter, JobPage } from "./read-jobs.ts";
export type { Redrive } from "./retry-job.ts";
export type { NewSchedule, Schedule } from "./schedules.ts";
export type { JobSearch } from "./search-jobs.ts";
export type { WorkOptions } from "./worked-types.ts";
