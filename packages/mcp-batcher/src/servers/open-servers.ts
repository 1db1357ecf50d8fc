import type { Clock, Log, Random } from "@kingly/runtime";
import { describeCause } from "../describe-cause.ts";
import { McpBatcherError } from "../mcp-batcher-error.ts";
import type { ToolCaller } from "../tool-caller.ts";
import { connectStdio } from "./connect-stdio.ts";
import type { ToolDescription } from "./connection.ts";
import { createServer } from "./server.ts";
import type { Server } from "./server.ts";
import type { ServersConfig } from "./server-entry.ts";
import type { ServerState } from "./server-state.ts";
import { toCallError } from "./to-call-error.ts";

/** Servers behind one caller, each with its own life. */
export interface Servers {
  /** Calls tools, starting servers as they are needed. Rejects with {@link McpBatcherError}. */
  readonly caller: ToolCaller;
  /** The `concurrency` of each entry that has one: give it to the batcher. */
  readonly concurrencyByServer: Readonly<Record<string, number>>;
  /** The states of all, in the order of the config. */
  states(): readonly ServerState[];
  /** Tells every change of state; call the answer to hear no more. */
  onState(listener: (state: ServerState) => void): () => void;
  /** Starts all at once; resolves when each is ready, failed or disabled. Never rejects. [M20] */
  start(): Promise<void>;
  /** What a server can do, at most 64 pages. Rejects with {@link McpBatcherError}. */
  listTools(server: string, signal?: AbortSignal): Promise<readonly ToolDescription[]>;
  /** Ends all processes; resolves when they are gone. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens the servers of a config; starts none of them yet.
 *
 * Each starts at its first call or at `start()`, comes back by itself after its process died, and never touches
 * another. A wrong entry makes that server `failed`; nothing here throws. [M19][M20][M21] */
export function openServers(
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Log },
  config: ServersConfig,
): Servers {
  const { log } = deps;
  const listeners = new Set<(state: ServerState) => void>();
  const tell = (state: ServerState): void => {
    for (const listener of listeners) {
      try {
        listener(state);
      } catch (cause) {
        log.warn("a state listener threw", { server: state.name, cause: describeCause(cause) });
      }
    }
  };
  const entries = Object.entries(config.mcpServers);
  const servers = new Map<string, Server>(
    entries.map(([name, entry]) => [name, createServer({ ...deps, connect: connectStdio }, name, entry, tell)]),
  );
  const find = (name: string): Server => {
    const server = servers.get(name);
    if (server !== undefined) return server;
    throw new McpBatcherError("server_unknown", `There is no server "${name}".`, {
      hint: servers.size === 0 ? "Add it to mcpServers." : `Use one of: ${[...servers.keys()].join(", ")}.`,
    });
  };
  const close = async (): Promise<void> => {
    await Promise.all([...servers.values()].map((server) => server.close()));
  };

  return {
    caller: {
      async callTool(call, options) {
        const server = find(call.server);
        const connection = await server.reach(options.signal);
        try {
          const result = await connection.callTool(call, options);
          server.answered();
          return result;
        } catch (cause) {
          const error = toCallError(call.server, cause);
          if (error.code === "server_error") server.answered();
          throw error;
        }
      },
    },
    concurrencyByServer: Object.fromEntries(
      entries.flatMap(([name, entry]) => (typeof entry?.concurrency === "number" ? [[name, entry.concurrency]] : [])),
    ),
    states: () => [...servers.values()].map((server) => server.state()),
    onState(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async start() {
      await Promise.allSettled([...servers.values()].map((server) => server.reach()));
    },
    async listTools(name, signal) {
      const server = find(name);
      const connection = await server.reach(signal);
      try {
        const tools = await connection.listTools(signal);
        server.answered();
        return tools;
      } catch (cause) {
        throw toCallError(name, cause);
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
