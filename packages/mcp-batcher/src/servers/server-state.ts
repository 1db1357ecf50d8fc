import type { McpBatcherErrorCode } from "../mcp-batcher-error.ts";
import type { OperationError } from "../operation.ts";

/** Where a server stands.
 *
 * `idle`: not asked for yet, which is no fault and so none of the others. `starting`: it is being reached. `ready`: it
 * answers. `degraded`: it was ready, was lost, and is being reached again. `needs-auth`: it wants to know who asks.
 * `needs-config`: a variable of its entry has no value. `failed`: it could not be reached. `disabled`: by the config. */
export type ServerStatus =
  | "disabled"
  | "idle"
  | "starting"
  | "ready"
  | "degraded"
  | "needs-auth"
  | "needs-config"
  | "failed";

/** A tool that may not be called until somebody approves its hash. */
export interface BlockedTool {
  readonly name: string;
  readonly code: McpBatcherErrorCode;
  readonly hash: string;
}

/** What is known of a server: enough to say which one, why, and what happens next. */
export interface ServerState {
  readonly name: string;
  readonly status: ServerStatus;
  /** Why it is not ready; while `starting` again, why the last try ended. Values of variables are not shown. */
  readonly reason?: OperationError;
  /** The last 4,096 signs its process said on stderr, without control signs and values of variables. */
  readonly stderrTail: string;
  /** Starts tried since the last answer: 0 before the first. */
  readonly attempt: number;
  /** When the next try begins, in milliseconds of the clock. Absent: none is planned. */
  readonly nextRetryAtMs?: number;
  /** What a person has to open in a browser, to consent; it may also wait while the server is ready, for more scope. */
  readonly authorizationUrl?: string;
  /** The process of a ready server. */
  readonly pid?: number;
  /** How many tools it listed last. Absent: it has not listed any yet. */
  readonly tools?: number;
  /** Those of them that may not be called. Absent: none. */
  readonly blockedTools?: readonly BlockedTool[];
}
