import type { Effect, McpBatcherErrorCode } from "./mcp-batcher-error.ts";
import type { QuietCall } from "./running-operation.ts";
import type { ToolCall, ToolProgress, ToolResult } from "./tool-caller.ts";

/** One MCP call to be made. */
export interface Operation extends ToolCall {
  /** `read` changes nothing; `write` may. A doubtful one is a `write`. */
  readonly kind: "read" | "write";
  /** True when doing it twice is the same as doing it once. Only then may a write be repeated. Default false. */
  readonly idempotent?: boolean;
  /** Of those that wait for one server the higher begins first; a whole number from -100 to 100. Default 0. [M30] */
  readonly priority?: number;
  /** The longest silence of the running call in milliseconds. Default: the batcher's. */
  readonly timeoutMs?: number;
  /** The longest running call in milliseconds, whatever its signs of life. Default: the batcher's. */
  readonly maxTotalMs?: number;
  /** Cancels this operation, whether it waits or runs. */
  readonly signal?: AbortSignal;
  /** Takes the progress of the running call. What it throws is logged and does no harm. */
  readonly onProgress?: (progress: ToolProgress) => void;
  /** Told once for each silence of `quietAfterMs` without progress. What it throws is logged and does no harm. [M31] */
  readonly onQuiet?: (quiet: QuietCall) => void;
}

/** Why an operation did not end well: what happened, and what to do. */
export interface OperationError {
  readonly code: McpBatcherErrorCode;
  readonly message: string;
  readonly hint: string;
  /** Where in the arguments or the result the fault is, as a JSON Pointer; "" is the whole. [M33] */
  readonly path?: string;
}

/** How an operation ended.
 *
 * `failed`: it had no effect, or the server itself said no (then `result` holds its words). `unknown`: a write went
 * out and no answer could be read, so its effect is not known: read it back, never blindly repeat it, unless it is
 * `repeatable` (idempotent, or with a key that its server honours). `ageMs`: the answer is that old, from the cache.
 * `cancelled`: by the caller; `effect` is `unknown` when a write was already running. */
export type Outcome =
  | { readonly status: "ok"; readonly result: ToolResult; readonly ageMs?: number }
  | { readonly status: "failed"; readonly error: OperationError; readonly result?: ToolResult }
  | { readonly status: "unknown"; readonly error: OperationError; readonly repeatable: boolean }
  | { readonly status: "cancelled"; readonly effect: Effect };
