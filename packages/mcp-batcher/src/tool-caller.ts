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
}
