/** What a running tool says about itself. `total` is in the unit of `progress`. */
export interface ToolProgress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** One tool of one server, with the arguments it gets: plain JSON. */
export interface ToolCall {
  readonly server: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Sent in the call's `_meta`, so that a server that honours it makes the same call once only. */
  readonly idempotencyKey?: string;
}

/** How a call is watched and ended. */
export interface ToolCallOptions {
  /** Aborted when nobody waits for the answer any more. Never aborted after the call has ended. */
  readonly signal: AbortSignal;
  /** The longest silence in milliseconds: progress begins it anew. */
  readonly timeoutMs: number;
  /** The longest call in milliseconds, whatever its progress. Absent: no limit. */
  readonly maxTotalMs?: number;
  /** Takes every sign of life. It is always given, since servers stay silent unless they are asked. */
  readonly onProgress: (progress: ToolProgress) => void;
  /** Told when the server answered a ping while the call runs: it lives, whatever the call does. */
  readonly onServerAlive?: () => void;
}

/** What a tool answered. `isError` is the tool's own word for a failure. */
export interface ToolResult {
  readonly content: readonly unknown[];
  readonly structured?: unknown;
  readonly isError: boolean;
}

/** The one thing a batcher needs: a way to call a tool.
 *
 * A rejection with an {@link McpBatcherError} says by its `effect` whether the call can have reached the server;
 * any other rejection counts as `unknown`. [M9][M10] */
export interface ToolCaller {
  callTool(call: ToolCall, options: ToolCallOptions): Promise<ToolResult>;
  /** Whether a call whose answer was lost may be made again: the tool is idempotent by the word of its server, or the
   * call has an idempotency key that its server honours. Absent: no. Must not throw. [M32] */
  mayRepeat?(call: ToolCall): boolean;
  /** Whether the server says of a tool that it only reads. Absent: no. Must not throw. [M29] */
  isReadOnly?(server: string, tool: string): boolean;
}
