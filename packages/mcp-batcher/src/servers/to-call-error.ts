import { describeCause } from "../describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "../mcp-batcher-error.ts";

// The SDK's own codes for what never was an answer.
const connectionClosed = -32_000;
const requestTimeout = -32_001;

/** Translates what the SDK rejects a sent request with. [M10] */
export function toCallError(server: string, cause: unknown): McpBatcherError {
  if (isMcpBatcherError(cause)) return cause;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === connectionClosed) {
    return new McpBatcherError("connection_lost", `The process of server "${server}" ended during the call.`, {
      hint: "A new process is being started; after a write, read back what it did.",
      effect: "unknown",
      cause,
    });
  }
  if (cause instanceof Error && cause.message === "Not connected") {
    return new McpBatcherError("connection_lost", `Server "${server}" went away before the call was sent.`, {
      hint: "A new process is being started: make the call again.",
      cause,
    });
  }
  if (code === requestTimeout) {
    return new McpBatcherError("timeout", `Server "${server}" did not answer in time: ${describeCause(cause)}`, {
      hint: "Give it more time, or look at its stderr; after a write, read back what it did.",
      effect: "unknown",
      cause,
    });
  }
  if (typeof code === "number") {
    return new McpBatcherError("server_error", `Server "${server}" refused the call: ${describeCause(cause)}`, {
      hint: "Compare the name of the tool and its arguments with what the server lists.",
      cause,
    });
  }
  return new McpBatcherError("malformed_result", `Server "${server}" gave no tool result: ${describeCause(cause)}`, {
    hint: "Report it to the maker of the server; after a write, read back what it did.",
    effect: "unknown",
    cause,
  });
}
