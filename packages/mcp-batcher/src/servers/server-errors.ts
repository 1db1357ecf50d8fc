import { McpBatcherError } from "../mcp-batcher-error.ts";

/** It was not ready in its time. [M23] */
export function startTimeout(name: string, afterMs: number): McpBatcherError {
  return new McpBatcherError("server_start_timeout", `Server "${name}" was not ready within ${afterMs} ms.`, {
    hint: "Look at its stderr, or give it more time with startTimeoutMs.",
  });
}

/** It is away, and the next try is too far off to wait for it. [M26] */
export function unavailable(name: string, reason: McpBatcherError | undefined, inMs: number): McpBatcherError {
  const why = reason === undefined ? "" : ` ${reason.message}`;
  return new McpBatcherError("server_unavailable", `Server "${name}" is away.${why}`, {
    hint: `The next try begins in ${Math.ceil(inMs / 1000)} s. ${reason?.hint ?? ""}`.trimEnd(),
    ...(reason === undefined ? {} : { cause: reason }),
  });
}

/** It was closed. [M27] */
export function closedError(name: string): McpBatcherError {
  return new McpBatcherError("closed", `Server "${name}" was closed.`, { hint: "Open the servers again." });
}

/** Its entry says that it is not to be used. [M24] */
export function disabledError(name: string): McpBatcherError {
  return new McpBatcherError("server_disabled", `Server "${name}" is disabled.`, {
    hint: "Take disabled out of its entry to use it.",
  });
}

/** Variables of its entry have no value. [M37] */
export function needsConfigError(name: string, missing: readonly string[]): McpBatcherError {
  const names = missing.join(", ");
  return new McpBatcherError("needs_config", `Server "${name}" needs a value for ${names}.`, {
    hint: `Set ${names} in the environment, or write \${NAME:-default} in its entry.`,
  });
}
