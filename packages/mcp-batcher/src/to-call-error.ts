import { describeCause } from "./describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "./mcp-batcher-error.ts";

// The clients' own codes for what never was an answer: numbers in v1, words in v2.
const connectionClosed: ReadonlySet<unknown> = new Set([-32_000, "CONNECTION_CLOSED"]);
const requestTimeout: ReadonlySet<unknown> = new Set([-32_001, "REQUEST_TIMEOUT"]);

/** Translates what a client of either generation rejects a sent request with. [M10] */
export function toCallError(server: string, cause: unknown): McpBatcherError {
  if (isMcpBatcherError(cause)) return cause;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (connectionClosed.has(code)) {
    return new McpBatcherError("connection_lost", `The connection to server "${server}" ended during the call.`, {
      hint: "A new one is being made; after a write, read back what it did.",
      effect: "unknown",
      cause,
    });
  }
  if (cause instanceof Error && (code === "NOT_CONNECTED" || cause.message === "Not connected")) {
    return new McpBatcherError("connection_lost", `Server "${server}" went away before the call was sent.`, {
      hint: "A new connection is being made: make the call again.",
      cause,
    });
  }
  if (requestTimeout.has(code)) {
    return new McpBatcherError("timeout", `Server "${server}" did not answer in time: ${describeCause(cause)}`, {
      hint: "Give it more time, or look at its stderr; after a write, read back what it did.",
      effect: "unknown",
      cause,
    });
  }
  if (typeof code === "number" && code >= 500 && code < 600) {
    return new McpBatcherError("server_error", `Server "${server}" answered with HTTP ${code}.`, {
      hint: "Try again later; after a write, read back what it did.",
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
