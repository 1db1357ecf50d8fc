/** Why the queue could not do what it was asked. Codes are API, messages are not.
 *
 * LEASE_LOST: the job is no longer ours to finish. CANCELLED, CLOSED, LEASE_LOST are also reasons of a job's signal.
 * QUEUE_FULL: maxPending. ATTEMPTS_LOST: the process died in every allowed attempt. BAD_*: what was given is refused.
 * UNKNOWN_TYPE, ALREADY_WORKING: how `work` was called. NOT_MIGRATED: migrateQueue has not run on this file. */
export type QueueErrorCode =
  | "ALREADY_WORKING"
  | "ATTEMPTS_LOST"
  | "BAD_CRON"
  | "BAD_CURSOR"
  | "BAD_JOB"
  | "BAD_OPTION"
  | "BAD_PAYLOAD"
  | "BAD_PROGRESS"
  | "BAD_RESULT"
  | "BAD_SCHEMA"
  | "CANCELLED"
  | "CLOSED"
  | "LEASE_LOST"
  | "NOT_MIGRATED"
  | "QUEUE_FULL"
  | "UNKNOWN_TYPE";

const brand = Symbol.for("@kingly/queue/QueueError");

/** The one error of this room: `code`, a message that says what to do, and the `cause`. */
export class QueueError extends Error {
  override readonly name = "QueueError";
  readonly code: QueueErrorCode;

  constructor(code: QueueErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether a value is a QueueError, also one of another copy of this package. */
export function isQueueError(value: unknown): value is QueueError {
  return typeof value === "object" && value !== null && brand in value;
}
