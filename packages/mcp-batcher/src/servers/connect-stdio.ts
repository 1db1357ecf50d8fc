import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import type { ToolResult } from "../tool-caller.ts";
import type { Connect, Connection, ToolDescription } from "./connection.ts";

// Longer delays make the SDK's timers fire at once.
const longestTimerMs = 2 ** 31 - 1;
const maxToolPages = 64;

/** Connects to a server over stdio by the MCP SDK, which is loaded at the first connection. [M19][M25] */
export const connectStdio: Connect = async (entry, watch) => {
  const [{ Client }, { StdioClientTransport }] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/client/stdio.js"),
  ]);
  watch.signal.throwIfAborted();
  const transport = new StdioClientTransport({
    command: entry.command,
    args: [...(entry.args ?? [])],
    // The SDK adds PATH, HOME and the names of user, shell and terminal: nothing else is inherited.
    env: { ...entry.env },
    ...(entry.cwd === undefined ? {} : { cwd: entry.cwd }),
    stderr: "pipe",
  });
  transport.stderr?.on("data", watch.onStderr);
  const client = new Client({ name: "kingly", version: "0.1.0" });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  // The SDK knows no addEventListener.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onclose = resolve;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onerror = watch.onNoise;
  // The SDK's own timer would only double the caller's.
  const onAbort = (): void => void transport.close();
  watch.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await client.connect(transport, { signal: watch.signal, timeout: longestTimerMs });
  } catch (cause) {
    // What was spawned must be gone before this is told as over; what could not be spawned never ends.
    const isSpawnError = cause instanceof Error && "syscall" in cause;
    if (!isSpawnError) await ended;
    throw cause;
  } finally {
    watch.signal.removeEventListener("abort", onAbort);
  }
  // The SDK hears a notification some microtasks after its message came, and forgets who waits for progress at once with
  // the response: progress in the same chunk would be dropped. Responses wait for what came before them.
  const hear = transport.onmessage;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  transport.onmessage = (message): void => {
    if ("method" in message) hear?.(message);
    else setImmediate(() => hear?.(message));
  };
  return {
    pid: transport.pid ?? undefined,
    ended,
    callTool: (call, options) => callTool(client, call, options),
    listTools: (signal) => listTools(client, signal),
    close: async () => {
      await transport.close();
      await ended;
    },
  };
};

const callTool = async (
  client: Client,
  ...[call, options]: Parameters<Connection["callTool"]>
): Promise<ToolResult> => {
  const { CallToolResultSchema } = await import("@modelcontextprotocol/sdk/types.js");
  // The SDK never lets go of a signal it was given, and cancels finished requests when it aborts: give it one per call.
  const own = new AbortController();
  const onAbort = (): void => own.abort(options.signal.reason);
  options.signal.throwIfAborted();
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    // Not client.callTool: it judges the answer by the listed schema and then hides that the tool has run.
    const result = await client.request(
      { method: "tools/call", params: { name: call.tool, arguments: { ...call.args } } },
      CallToolResultSchema,
      {
        signal: own.signal,
        timeout: Math.min(options.timeoutMs, longestTimerMs),
        resetTimeoutOnProgress: true,
        ...(options.maxTotalMs === undefined ? {} : { maxTotalTimeout: options.maxTotalMs }),
        onprogress: ({ progress, total, message }) =>
          options.onProgress({
            progress,
            ...(total === undefined ? {} : { total }),
            ...(message === undefined ? {} : { message }),
          }),
      },
    );
    return {
      content: result.content,
      isError: result.isError === true,
      ...(result.structuredContent === undefined ? {} : { structured: result.structuredContent }),
    };
  } finally {
    options.signal.removeEventListener("abort", onAbort);
  }
};

const listTools = async (client: Client, signal?: AbortSignal): Promise<readonly ToolDescription[]> => {
  const tools: ToolDescription[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxToolPages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await client.listTools(params, signal === undefined ? {} : { signal });
    tools.push(...answer.tools.map(describeTool));
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
};

function describeTool(tool: Tool): ToolDescription {
  const { readOnlyHint = false, idempotentHint = false, destructiveHint = true } = tool.annotations ?? {};
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    inputSchema: tool.inputSchema,
    isReadOnly: readOnlyHint,
    isIdempotent: readOnlyHint || idempotentHint,
    isDestructive: !readOnlyHint && destructiveHint,
  };
}
