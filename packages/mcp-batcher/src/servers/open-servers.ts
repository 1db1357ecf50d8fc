import type { Clock, Log, Random } from "@kingly/runtime";
import { describeCause } from "../describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "../mcp-batcher-error.ts";
import type { OperationError } from "../operation.ts";
import { toCallError } from "../to-call-error.ts";
import type { ToolCaller } from "../tool-caller.ts";
import { connect } from "./connect.ts";
import { systemLookup } from "./check-address.ts";
import { checkBeforeCall } from "./check-before-call.ts";
import type { OnElicitation } from "./elicitation.ts";
import type { Environment } from "./expand-entry.ts";
import { createMemoryAuthorizations } from "./oauth/authorization-store.ts";
import { finishAuthorization } from "./oauth/finish-authorization.ts";
import type { AuthorizationEnd } from "./oauth/finish-authorization.ts";
import type { OAuthOptions } from "./oauth/oauth-options.ts";
import { createServer } from "./server.ts";
import type { Server, ServerDeps } from "./server.ts";
import type { ServerEntry, ServersConfig } from "./server-entry.ts";
import type { ServerState } from "./server-state.ts";
import { testServer } from "./test-server.ts";
import type { ServerTest } from "./test-server.ts";
import type { ToolDescription } from "./tool-description.ts";
import { createMemoryPins } from "./tool-pins.ts";
import type { FirstSight, ToolPins } from "./tool-pins.ts";

/** What servers need to know beside their entries. */
export interface ServersOptions {
  /** Where `${NAME}` in an entry finds its value. @default {} */
  readonly environment?: Environment;
  /** Where approved descriptions of tools are kept. @default in memory */
  readonly pins?: ToolPins;
  /** What happens to the tools of a server that was never seen. @default "trust-first-use" */
  readonly firstSight?: FirstSight;
  /** The time between two pings of a server on which calls run, in milliseconds, 1 or more. @default 10000 */
  readonly pingMs?: number;
  /** How servers are shown who asks. Absent: only by what their entries say. [M43] */
  readonly oauth?: OAuthOptions;
  /** Asks the person what a server wants to know. Absent: servers are told that nobody can be asked. [M49] */
  readonly onElicitation?: OnElicitation;
  /** How long such a question may wait, in milliseconds, 1 or more. @default 300000 */
  readonly elicitationTimeoutMs?: number;
}

/** Whether a change of the servers was made, and why not. */
export type ServersChange = { readonly ok: true } | { readonly ok: false; readonly error: OperationError };

/** Servers behind one caller, each with its own life. */
export interface Servers {
  /** Calls tools, starting servers as they are needed. Rejects with {@link McpBatcherError}. */
  readonly caller: ToolCaller;
  /** The `concurrency` of each entry that has one, now: give it to the batcher, which reads it at every call. */
  readonly concurrencyByServer: Readonly<Record<string, number>>;
  /** The states of all, in the order of the config. */
  states(): readonly ServerState[];
  /** Tells every change of state; call the answer to hear no more. */
  onState(listener: (state: ServerState) => void): () => void;
  /** Starts all at once; resolves when each is ready, disabled, or could not be reached. Never rejects. [M20] */
  start(): Promise<void>;
  /** What a server can do. Rejects with {@link McpBatcherError}. [M36] */
  listTools(server: string, signal?: AbortSignal): Promise<readonly ToolDescription[]>;
  /** What a server listed last, without asking it; undefined when it has not listed yet. [M36] */
  knownTools(server: string): readonly ToolDescription[] | undefined;
  /** Adds a server; a name that is there already is `server_exists`. [M41] */
  add(name: string, entry: ServerEntry): ServersChange;
  /** Ends a server and forgets it; its pins stay. [M41] */
  remove(name: string): Promise<ServersChange>;
  /** Ends a server and takes another entry for its name; an equal entry changes nothing. [M41] */
  replace(name: string, entry: ServerEntry): Promise<ServersChange>;
  /** Uses a server again, or no more, whatever its entry said. [M41] */
  setDisabled(name: string, disabled: boolean): Promise<ServersChange>;
  /** Starts a server beside the others, lists its tools, ends it, and says what it found. Never rejects. [M41] */
  test(entry: ServerEntry): Promise<ServerTest>;
  /** Approves descriptions by their hashes, as they are now; gives the names of those tools. [M40] */
  approveTools(server: string, hashes: readonly string[]): Promise<readonly string[]>;
  /** Ends all connections and processes; resolves when they are gone. */
  /** Takes what a browser came back with after a consent: the whole address, or its query. Finds the server that it is for,
   * gets the token, and connects. Never rejects. [M46] */
  finishAuthorization(callback: string): Promise<AuthorizationEnd>;
  /** Forgets the tokens of a server and ends its connection; the next call asks anew. [M45] */
  forgetAuthorization(server: string): Promise<ServersChange>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens the servers of a config; starts none of them yet.
 *
 * Each starts at its first call or at `start()`, comes back by itself after it was lost, and never touches another. A
 * wrong entry makes that server `failed`; nothing here throws. [M19][M20][M21] */
export function openServers(
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Log },
  config: ServersConfig,
  options: ServersOptions = {},
): Servers {
  const { log } = deps;
  const serverDeps: ServerDeps = {
    ...deps,
    connect,
    environment: options.environment ?? {},
    pins: options.pins ?? createMemoryPins(),
    firstSight: options.firstSight ?? "trust-first-use",
    pingMs: options.pingMs ?? 10_000,
    oauth: {
      fetch: globalThis.fetch,
      lookup: systemLookup,
      store: options.oauth?.store ?? createMemoryAuthorizations(),
      clientName: options.oauth?.clientName ?? "kingly",
      consentHint:
        options.oauth?.consentHint ??
        (() =>
          "Open authorizationUrl of the server's state, and give what the browser comes back with to finishAuthorization."),
      clientMetadataUrl: options.oauth?.clientMetadataUrl,
      redirectUrl: options.oauth?.redirectUrl,
    },
    onElicitation: options.onElicitation,
    elicitationTimeoutMs: options.elicitationTimeoutMs ?? 300_000,
  };
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
  const servers = new Map<string, Server>();
  const concurrencyByServer: Record<string, number> = {};
  const ending = new Set<Promise<void>>();
  let isClosed = false;

  const put = (name: string, entry: ServerEntry): Server => {
    const server: Server = createServer(serverDeps, name, entry, (state) => {
      // What an ended server still says is not the state of the one that took its name.
      if (servers.get(name) === server) tell(state);
    });
    servers.set(name, server);
    delete concurrencyByServer[name];
    const limit: unknown = entry?.concurrency;
    if (typeof limit === "number" && Number.isSafeInteger(limit) && limit >= 1) concurrencyByServer[name] = limit;
    return server;
  };
  const find = (name: string): Server => {
    const server = servers.get(name);
    if (server !== undefined) return server;
    throw new McpBatcherError("server_unknown", `There is no server "${name}".`, {
      hint: servers.size === 0 ? "Add it to mcpServers." : `Use one of: ${[...servers.keys()].join(", ")}.`,
    });
  };
  const end = async (server: Server): Promise<void> => {
    const closing = server.close();
    ending.add(closing);
    await closing;
    ending.delete(closing);
  };
  const replace = async (name: string, entry: ServerEntry): Promise<ServersChange> => {
    const old = servers.get(name);
    if (old === undefined) return unknown(name);
    if (JSON.stringify(old.entry) === JSON.stringify(entry)) return { ok: true };
    // In its place at once: a call that comes now waits for the new one.
    const fresh = put(name, entry);
    const isWanted = old.state().status !== "idle" && old.state().status !== "disabled";
    await end(old);
    tell(fresh.state());
    if (isWanted) fresh.reach().catch(() => {});
    return { ok: true };
  };
  const remove = async (name: string): Promise<ServersChange> => {
    const old = servers.get(name);
    if (old === undefined) return unknown(name);
    servers.delete(name);
    delete concurrencyByServer[name];
    await end(old);
    await old.authorization.forget();
    return { ok: true };
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...ending, ...[...servers.values()].map((server) => server.close())]);
  };
  for (const [name, entry] of Object.entries(config.mcpServers)) put(name, entry);

  return {
    caller: {
      async callTool(call, callOptions) {
        const server = find(call.server);
        const { connection, heartbeat } = await server.reach(callOptions.signal);
        await checkBeforeCall(server, call.server, () => server.tools.check(connection, call));
        try {
          const stop = heartbeat.watch(() => callOptions.onServerAlive?.());
          try {
            const result = await connection.callTool(call, callOptions);
            await server.tools.checkResult(call, result);
            server.answered();
            return result;
          } finally {
            stop();
          }
        } catch (cause) {
          const error = server.safe(toCallError(call.server, cause));
          if (error.code === "server_error") server.answered();
          throw error;
        }
      },
      mayRepeat({ server, tool, idempotencyKey }) {
        const found = servers.get(server);
        if (found === undefined) return false;
        if (idempotencyKey !== undefined && found.entry.idempotencyKeys === true) return true;
        return found.tools.known()?.find(({ name }) => name === tool)?.isIdempotent === true;
      },
      isReadOnly: (server, tool) =>
        servers
          .get(server)
          ?.tools.known()
          ?.find(({ name }) => name === tool)?.isReadOnly === true,
    },
    concurrencyByServer,
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
      const { connection } = await server.reach(signal);
      try {
        const tools = await server.tools.list(connection);
        server.answered();
        return tools;
      } catch (cause) {
        throw server.safe(toCallError(name, cause));
      }
    },
    knownTools: (name) => servers.get(name)?.tools.known(),
    add(name, entry) {
      if (isClosed) return refuse("closed", "The servers are closed.", "Open them again.");
      if (name === "") return refuse("invalid_config", "A server needs a name.", "Give it one.");
      if (servers.has(name)) {
        return refuse("server_exists", `There is a server "${name}" already.`, "Replace it, or take another name.");
      }
      tell(put(name, entry).state());
      return { ok: true };
    },
    remove,
    replace,
    setDisabled: async (name, disabled) => {
      const old = servers.get(name);
      return old === undefined ? unknown(name) : replace(name, { ...old.entry, disabled });
    },
    test: (entry) => testServer(serverDeps, entry),
    async approveTools(name, hashes) {
      const server = find(name);
      const { connection } = await server.reach();
      await server.tools.list(connection);
      return server.tools.approve(hashes);
    },
    finishAuthorization: (callback) => finishAuthorization([...servers], callback),
    async forgetAuthorization(name) {
      const server = servers.get(name);
      if (server === undefined) return unknown(name);
      // The connection ends with its token, and may not ask for another.
      await end(server);
      try {
        await server.authorization.forget();
      } finally {
        // Also when the store cannot forget: the server itself is not the one to blame.
        tell(put(name, server.entry).state());
      }
      return { ok: true };
    },
    close,
    [Symbol.asyncDispose]: close,
  };

  function unknown(name: string): ServersChange {
    try {
      find(name);
    } catch (cause) {
      if (isMcpBatcherError(cause)) return refuse(cause.code, cause.message, cause.hint);
    }
    return { ok: true };
  }
}

function refuse(code: OperationError["code"], message: string, hint: string): ServersChange {
  return { ok: false, error: { code, message, hint } };
}
