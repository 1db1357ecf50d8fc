import { McpBatcherError } from "../mcp-batcher-error.ts";
import type { Connection, ConnectionWatch } from "./connection.ts";
import { createConnection } from "./create-connection.ts";
import type { StdioServerEntry } from "./server-entry.ts";

/** Connects to a server over stdio by the MCP SDK, which is loaded at the first connection. [M19][M25] */
export async function connectStdio(entry: StdioServerEntry, watch: ConnectionWatch): Promise<Connection> {
  const { StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
  watch.signal.throwIfAborted();
  // A message of more than 10 MB ends the connection: that is the transport's own limit.
  const transport = new StdioClientTransport({
    command: entry.command,
    args: [...(entry.args ?? [])],
    // The SDK adds PATH, HOME and the names of user, shell and terminal: nothing else is inherited.
    env: { ...entry.env },
    ...(entry.cwd === undefined ? {} : { cwd: entry.cwd }),
    stderr: "pipe",
  });
  transport.stderr?.on("data", watch.onStderr);
  return createConnection(transport, watch, {
    pid: () => transport.pid ?? undefined,
    ending: () => ({
      isRetriedAtOnce: false,
      error: new McpBatcherError("connection_lost", "The process of the server ended.", {
        hint: "It is started again by itself; its last words on stderr may say why it ended.",
      }),
    }),
    // What was spawned must be gone before this is told as over; what could not be spawned never ends.
    mayWaitForEnd: (cause) => !wasNeverSpawned(cause),
  });
}

// The system refused it, or Node refused what it was asked for, such as a NUL in an argument.
function wasNeverSpawned(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return "syscall" in cause || ("code" in cause && String(cause.code).startsWith("ERR_INVALID_ARG"));
}
