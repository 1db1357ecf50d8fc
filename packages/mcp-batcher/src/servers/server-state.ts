import type { OperationError } from "../operation.ts";

/** Where a server stands.
 *
 * `idle`: not asked for yet. `starting`: its process is being started. `ready`: it answers. `degraded`: it was ready,
 * its process died, a new one follows. `failed`: it could not be started. `disabled`: by the config. */
export type ServerStatus = "disabled" | "idle" | "starting" | "ready" | "degraded" | "failed";

/** What is known of a server: enough to say which one, why, and what happens next. */
export interface ServerState {
  readonly name: string;
  readonly status: ServerStatus;
  /** Why it is `degraded` or `failed`; while `starting` again, why the last try ended. */
  readonly reason?: OperationError;
  /** The last 4,096 signs its process said on stderr, without control signs. */
  readonly stderrTail: string;
  /** Starts tried since the last answer: 0 before the first. */
  readonly attempt: number;
  /** When the next try begins, in milliseconds of the clock. Absent: none is planned. */
  readonly nextRetryAtMs?: number;
  /** The process of a ready server. */
  readonly pid?: number;
}
