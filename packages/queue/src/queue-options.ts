import type { Retention } from "./prune-jobs.ts";
import { QueueError } from "./queue-error.ts";

/** How a queue is opened. All times in ms, all numbers whole. */
export interface QueueOptions {
  /** The name of this worker; whoever opens it again takes its orphans back at once. 1 to 100 signs. @default "main" */
  readonly owner?: string;
  /** How long a claim holds without a heartbeat. At least 2 * heartbeatMs. @default 30000 */
  readonly leaseMs?: number;
  /** How often the leases of running jobs are renewed. @default 10000 */
  readonly heartbeatMs?: number;
  /** Jobs of one type that run at once here, 1 to 1000; `work` may say otherwise for a type. @default 8 */
  readonly concurrency?: number;
  /** Attempts of a job before it is dead, 1 to 1000; `add` may say otherwise. @default 5 */
  readonly maxAttempts?: number;
  /** The longest wait before the second attempt; it doubles with each attempt. @default 1000 */
  readonly backoffMs?: number;
  /** The longest wait before any attempt. @default 60000 */
  readonly maxBackoffMs?: number;
  /** Pending jobs; `add` refuses more with QUEUE_FULL. @default 100000 */
  readonly maxPending?: number;
  /** The longest payload, in UTF-8 bytes of its JSON. @default 1048576 */
  readonly maxPayloadBytes?: number;
  /** How often the progress of running jobs is written at most. @default 250 */
  readonly progressMs?: number;
  /** Renew leases from a thread, so that a handler may block the event loop; not for a file in memory. @default true */
  readonly heartbeatThread?: boolean;
  /** Hear other processes of the file at once, and tell them; not for a file in memory. @default true */
  readonly wakesOthers?: boolean;
  /** Keep payload, result and error of new jobs in a full text index, for `search`. @default false */
  readonly search?: boolean;
  /** How long jobs that are over are kept. @default completed and cancelled 7 days, dead 30 days, 100,000 of each */
  readonly retention?: Partial<Retention>;
}

/** Options with every field filled in. */
export type QueueSettings = Required<Omit<QueueOptions, "retention">> & { readonly retention: Retention };

const dayMs = 86_400_000;

const defaults: QueueSettings = {
  owner: "main",
  leaseMs: 30_000,
  heartbeatMs: 10_000,
  concurrency: 8,
  maxAttempts: 5,
  backoffMs: 1000,
  maxBackoffMs: 60_000,
  maxPending: 100_000,
  maxPayloadBytes: 1_048_576,
  progressMs: 250,
  heartbeatThread: true,
  wakesOthers: true,
  search: false,
  retention: {
    completed: { forMs: 7 * dayMs, atMost: 100_000 },
    dead: { forMs: 30 * dayMs, atMost: 100_000 },
    cancelled: { forMs: 7 * dayMs, atMost: 100_000 },
  },
};

/** Fills in the defaults and checks every range. Throws QueueError BAD_OPTION with what was expected. [Q2] */
export function resolveOptions(options: QueueOptions): QueueSettings {
  const retention: Retention = { ...defaults.retention, ...options.retention };
  const settings: QueueSettings = { ...defaults, ...options, retention };
  if (typeof settings.owner !== "string" || settings.owner.length < 1 || settings.owner.length > 100) {
    throw new QueueError(
      "BAD_OPTION",
      `owner must be a name of 1 to 100 signs, not ${JSON.stringify(settings.owner)}.`,
    );
  }
  checkWhole("heartbeatMs", settings.heartbeatMs, 1, dayMs);
  checkWhole("leaseMs", settings.leaseMs, 2 * settings.heartbeatMs, dayMs);
  checkWhole("concurrency", settings.concurrency, 1, 1000);
  checkWhole("maxAttempts", settings.maxAttempts, 1, 1000);
  checkWhole("backoffMs", settings.backoffMs, 0, dayMs);
  checkWhole("maxBackoffMs", settings.maxBackoffMs, 0, dayMs);
  checkWhole("maxPending", settings.maxPending, 1, 10_000_000);
  checkWhole("maxPayloadBytes", settings.maxPayloadBytes, 1, 64 * 1_048_576);
  checkWhole("progressMs", settings.progressMs, 1, dayMs);
  for (const [status, rule] of Object.entries(retention)) {
    checkWhole(`retention.${status}.forMs`, rule.forMs, 0, 100 * 366 * dayMs);
    checkWhole(`retention.${status}.atMost`, rule.atMost, 0, 1_000_000_000);
  }
  return settings;
}

/** Checks one whole number against its range, both ends included. Throws QueueError BAD_OPTION. */
export function checkWhole(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new QueueError("BAD_OPTION", `${name} must be a whole number from ${min} to ${max}, not ${String(value)}.`);
}
