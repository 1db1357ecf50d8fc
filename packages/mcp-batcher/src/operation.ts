import type { Effect, McpBatcherErrorCode } from "./mcp-batcher-error.ts";
import type { ToolCall, ToolProgress, ToolResult } from "./tool-caller.ts";

/** One MCP call to be made. */
export interface Operation extends ToolCall {
  /** `read` changes nothing; `write` may. A doubtful one is a `write`. */
  readonly kind: "read" | "write";
  /** True when doing it twice is the same as doing it once. Only then may a write be repeated. Default false. */
  readonly idempotent?: boolean;
  /** The longest silence of the running call in milliseconds. Default: the batcher's. */
  readonly timeoutMs?: number;
  /** Cancels this operation, whether it waits or runs. */
  readonly signal?: AbortSignal;
  /** Takes the progress of the running call. What it throws is logged and does no harm. */
  readonly onProgress?: (progress: ToolProgress) => void;
}

/** Why an operation did not end well: what happened, and what to do. */
export interface OperationError {
  readonly code: McpBatcherErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** How an operation ended.
 *
 * `failed`: it had no effect, or the server itself said no (then `result` holds its words). `unknown`: a write went
 * out and no answer could be read, so its effect is not known: read it back, never blindly repeat it.
 * `cancelled`: by the caller; `effect` is `unknown` when a write was already running. */
export type Outcome =
  | { readonly status: "ok"; readonly result: ToolResult }
  | { readonly status: "failed"; readonly error: OperationError; readonly result?: ToolResult }
  | { readonly status: "unknown"; readonly error: OperationError }
  | { readonly status: "cancelled"; readonly effect: Effect };
