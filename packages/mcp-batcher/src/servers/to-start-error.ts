import { stat } from "node:fs/promises";
import { describeCause } from "../describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "../mcp-batcher-error.ts";
import { isHttpEntry } from "./server-entry.ts";
import type { ServerEntry } from "./server-entry.ts";

/** Translates why a start failed into words that say what to do. [M23] */
export async function toStartError(
  name: string,
  entry: ServerEntry,
  cause: unknown,
  stderrTail: string,
): Promise<McpBatcherError> {
  if (isMcpBatcherError(cause)) {
    if (cause.code !== "connection_lost") return cause;
    return new McpBatcherError("server_unreachable", `Server "${name}": ${cause.message}`, {
      hint: "Start it, or correct url in its entry; it is tried again by itself.",
      cause,
    });
  }
  if (isHttpEntry(entry)) {
    return new McpBatcherError("server_failed", `Server "${name}" did not greet us: ${describeCause(cause)}`, {
      hint: "Look whether url and type in its entry are right: http, or sse for the older way.",
      cause,
    });
  }
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT" && entry.cwd !== undefined && !(await isFolder(entry.cwd))) {
    // The system reports a missing folder with the same code as a missing program.
    return new McpBatcherError("invalid_config", `Server "${name}": the folder ${entry.cwd} does not exist.`, {
      hint: "Create the folder, or correct cwd in the server's entry.",
      cause,
    });
  }
  if (code === "ENOENT") {
    return new McpBatcherError("server_missing", `Server "${name}": the command ${entry.command} was not found.`, {
      hint: "Install it, or correct command in the server's entry (a full path is safest).",
      cause,
    });
  }
  const lastLine = stderrTail.trimEnd().split("\n").at(-1) ?? "";
  const words =
    lastLine === "" ? describeCause(cause) : `${describeCause(cause)}; it last said: ${lastLine.slice(0, 300)}`;
  return new McpBatcherError("server_failed", `Server "${name}" did not start: ${words}`, {
    hint: `Run it by hand to see why: ${[entry.command, ...(entry.args ?? [])].join(" ")}`,
    cause,
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
