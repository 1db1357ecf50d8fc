import type { Clock, Log, Random, Timer } from "@kingly/runtime";
import { describeCause } from "../describe-cause.ts";
import { McpBatcherError } from "../mcp-batcher-error.ts";
import type { Connect, Connection, Ending } from "./connection.ts";
import { createElicit } from "./elicitation.ts";
import type { OnElicitation } from "./elicitation.ts";
import { expandEntry, redact } from "./expand-entry.ts";
import type { Environment } from "./expand-entry.ts";
import { finalStatus } from "./final-status.ts";
import { createHeartbeat } from "./heartbeat.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { createServerAuthorization } from "./oauth/server-authorization.ts";
import type { AuthorizationDeps, ServerAuthorization } from "./oauth/server-authorization.ts";
import { retryDelayMs } from "./retry-delay-ms.ts";
import { defaultStartTimeoutMs, findEntryFault } from "./server-entry.ts";
import type { ServerEntry } from "./server-entry.ts";
import { closedError, disabledError, needsConfigError, startTimeout, unavailable } from "./server-errors.ts";
import type { ServerState, ServerStatus } from "./server-state.ts";
import { createServerTools } from "./server-tools.ts";
import type { ServerTools } from "./server-tools.ts";
import { createStderrTail } from "./stderr-tail.ts";
import type { FirstSight, ToolPins } from "./tool-pins.ts";
import { toStartError } from "./to-start-error.ts";
import { waitFor } from "./wait-for.ts";

/** A server that has been reached. */
export interface Reached {
  readonly connection: Connection;
  readonly heartbeat: Heartbeat;
}

/** One server: its connection, its state, its tools, and the tries to bring it back. */
export interface Server {
  readonly entry: ServerEntry;
  readonly tools: ServerTools;
  state(): ServerState;
  /** Gives the connection, making one when there is none. Rejects with an {@link McpBatcherError}. */
  reach(signal?: AbortSignal): Promise<Reached>;
  /** Told after each answer: the server works, so the next trouble begins with the shortest wait. */
  answered(): void;
  readonly authorization: ServerAuthorization;
  /** The entry as it would be used now; undefined when variables of it have no value. */
  expanded(): ServerEntry | undefined;
  /** Takes out of an error what must not be shown. */
  safe(error: McpBatcherError): McpBatcherError;
  close(): Promise<void>;
}

/** What servers share. */
export interface ServerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly connect: Connect;
  /** Where `${NAME}` of an entry finds its value; read at each start. */
  readonly environment: Environment;
  readonly pins: ToolPins;
  readonly firstSight: FirstSight;
  readonly pingMs: number;
  /** What authorizations are made with. */
  readonly oauth: Omit<AuthorizationDeps, "clock" | "random" | "onChange">;
  /** Asks the person for a server; absent: nobody can be asked. */
  readonly onElicitation: OnElicitation | undefined;
  readonly elicitationTimeoutMs: number;
}

// Many changes told together are one list to be asked for.
const relistAfterMs = 200;

// Input closed, 2 s, SIGTERM, 2 s, SIGKILL, and some room.
const longestEndMs = 6_000;

/** Creates a server that is not started yet. `onState` is told of every change. [M19][M20][M22] */
export function createServer(
  deps: ServerDeps,
  name: string,
  entry: ServerEntry,
  onState: (state: ServerState) => void,
): Server {
  const { clock, random, log } = deps;
  const fault = findEntryFault(entry);
  const startTimeoutMs = (fault === undefined ? entry.startTimeoutMs : undefined) ?? defaultStartTimeoutMs;
  const ending = new Set<Promise<void>>();
  const closing = new AbortController();
  let tail = createStderrTail();
  let status: ServerStatus = "idle";
  let reason: McpBatcherError | undefined;
  let attempt = 0;
  let nextRetryAtMs: number | undefined;
  let retry: Timer | undefined;
  let reached: Reached | undefined;
  let relist: Timer | undefined;
  let entrySecrets: ReadonlyMap<string, string> = new Map();
  /** The try that runs or is planned: those who wait for the server wait for it. */
  let coming: PromiseWithResolvers<Reached> | undefined;
  const tools = createServerTools({ ...deps, onChange: () => onState(state()) }, name);
  const authorization = createServerAuthorization(
    { ...deps.oauth, clock, random, onChange: () => onState(state()) },
    name,
  );
  const hide = (text: string): string => redact(text, new Map([...entrySecrets, ...authorization.secrets()]));

  const state = (): ServerState => ({
    name,
    status,
    ...(reason === undefined ? {} : { reason: { code: reason.code, message: reason.message, hint: reason.hint } }),
    stderrTail: hide(tail.read()),
    attempt,
    ...(nextRetryAtMs === undefined ? {} : { nextRetryAtMs }),
    ...(authorization.pendingUrl() === undefined ? {} : { authorizationUrl: authorization.pendingUrl() ?? "" }),
    ...(reached?.connection.pid === undefined ? {} : { pid: reached.connection.pid }),
    ...describeTools(tools),
  });
  const become = (next: ServerStatus, why?: McpBatcherError): void => {
    status = next;
    reason = why;
    log.info("server state", { server: name, status: next, attempt, code: why?.code });
    onState(state());
  };
  const expect = (): PromiseWithResolvers<Reached> => {
    if (coming === undefined) {
      coming = Promise.withResolvers<Reached>();
      // Often nobody waits: a failed try is told by the state.
      coming.promise.catch(() => {});
    }
    return coming;
  };
  const planRetry = (atOnce: boolean): void => {
    const waitMs = atOnce && attempt === 0 ? 0 : retryDelayMs(attempt, random.fraction());
    nextRetryAtMs = clock.nowMs() + waitMs;
    expect();
    retry = clock.setTimer(waitMs, () => void begin());
  };
  const safe = (error: McpBatcherError): McpBatcherError =>
    entrySecrets.size + authorization.secrets().size === 0
      ? error
      : new McpBatcherError(error.code, hide(error.message), {
          hint: hide(error.hint),
          effect: error.effect,
          ...(error.path === undefined ? {} : { path: error.path }),
        });
  const lose = (lost: Reached, { error, isRetriedAtOnce }: Ending): void => {
    if (closing.signal.aborted || reached !== lost) return;
    reached = undefined;
    relist?.cancel();
    const final = finalStatus.get(error.code);
    if (final === undefined) planRetry(isRetriedAtOnce);
    const { code, message, hint } = safe(error);
    become(final ?? "degraded", new McpBatcherError(code, `Server "${name}": ${message}`, { hint }));
  };
  const changeTools = (of: Connection | undefined): void => {
    tools.expire();
    relist ??= clock.setTimer(relistAfterMs, () => {
      relist = undefined;
      if (of !== undefined && reached?.connection === of) look(of);
    });
  };
  // So that what a server can do, and what nobody approved, is known before somebody asks.
  const look = (of: Connection): void => {
    tools.list(of).catch((cause: unknown) => {
      log.debug("the tools of a server could not be listed", { server: name, cause: hide(describeCause(cause)) });
    });
  };
  const begin = async (): Promise<void> => {
    retry?.cancel();
    nextRetryAtMs = undefined;
    attempt += 1;
    tail = createStderrTail();
    const waiters = expect();
    become("starting", reason);
    try {
      const fresh = await startOnce();
      const mine: Reached = { connection: fresh, heartbeat: createHeartbeat(clock, () => fresh.ping(), deps.pingMs) };
      reached = mine;
      coming = undefined;
      become("ready");
      waiters.resolve(mine);
      look(fresh);
      void fresh.ended.then((ending) => lose(mine, ending));
    } catch (cause) {
      const error = safe(await toStartError(name, entry, cause, hide(tail.read())));
      coming = undefined;
      if (!closing.signal.aborted) {
        const final = finalStatus.get(error.code);
        if (final === undefined) planRetry(false);
        become(final ?? "failed", error);
      }
      waiters.reject(error);
    }
  };
  const { onElicitation } = deps;
  const elicit =
    onElicitation === undefined
      ? undefined
      : createElicit(
          { clock, onTrouble: (why) => log.info("a question of a server was not answered", { server: name, why }) },
          (request, signal) => onElicitation(name, request, signal),
          deps.elicitationTimeoutMs,
        );
  const startOnce = async (): Promise<Connection> => {
    const expanded = expandEntry(entry, deps.environment);
    if (!expanded.ok) throw needsConfigError(name, expanded.missing);
    entrySecrets = expanded.secrets;
    let made: Connection | undefined;
    const abort = new AbortController();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    stopped.catch(() => {});
    const stop = (error: McpBatcherError): void => {
      reject(error);
      abort.abort(error);
    };
    const onClosing = (): void => stop(closedError(name));
    closing.signal.addEventListener("abort", onClosing, { once: true });
    const window = clock.setTimer(startTimeoutMs, () => stop(startTimeout(name, startTimeoutMs)));
    const myTail = tail;
    const connecting = deps.connect(expanded.entry, {
      signal: abort.signal,
      onStderr: (chunk) => myTail.append(chunk),
      onNoise: (error) => log.debug("server noise", { server: name, message: hide(error.message).slice(0, 200) }),
      onToolsChanged: () => changeTools(made),
      authorization: authorization.use(expanded.entry),
      elicit,
    });
    const tracked = connecting.then(
      // Ready in the very moment it was given up.
      (late) => (abort.signal.aborted ? late.close() : undefined),
      () => {},
    );
    ending.add(tracked);
    void tracked.finally(() => ending.delete(tracked));
    try {
      made = await Promise.race([connecting, stopped]);
      return made;
    } finally {
      window.cancel();
      closing.signal.removeEventListener("abort", onClosing);
    }
  };
  if (fault !== undefined) {
    status = "failed";
    reason = new McpBatcherError("invalid_config", `Server "${name}": ${fault}.`, { hint: "Correct its entry." });
  } else if (entry.disabled === true) {
    status = "disabled";
  }

  return {
    entry,
    tools,
    authorization,
    state,
    safe,
    expanded() {
      const expanded = fault === undefined ? expandEntry(entry, deps.environment) : undefined;
      if (expanded?.ok !== true) return undefined;
      entrySecrets = expanded.secrets;
      return expanded.entry;
    },
    async reach(signal) {
      if (closing.signal.aborted) throw closedError(name);
      if (fault !== undefined && reason !== undefined) throw reason;
      if (status === "disabled") throw disabledError(name);
      if (reached !== undefined) return reached;
      if (nextRetryAtMs !== undefined && nextRetryAtMs - clock.nowMs() > startTimeoutMs) {
        throw unavailable(name, reason, nextRetryAtMs - clock.nowMs());
      }
      const isComing = coming !== undefined;
      const { promise } = expect();
      if (!isComing) void begin();
      return waitFor(clock, promise, startTimeoutMs, startTimeout(name, startTimeoutMs), signal);
    },
    answered: () => void (attempt = 0),
    async close() {
      if (closing.signal.aborted) return;
      retry?.cancel();
      nextRetryAtMs = undefined;
      relist?.cancel();
      const last = reached?.connection;
      reached = undefined;
      closing.abort();
      coming?.reject(closedError(name));
      if (status === "starting" || status === "ready" || status === "degraded") become("idle");
      // A grandchild that keeps the pipes open would make the end invisible: do not wait for it for ever.
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const window = clock.setTimer(longestEndMs, resolve);
      await Promise.race([late, Promise.all([last?.close(), ...ending])]);
      window.cancel();
    },
  };
}

function describeTools(tools: ServerTools): Pick<ServerState, "tools" | "blockedTools"> {
  const known = tools.known();
  if (known === undefined) return {};
  const blockedTools = known.flatMap(({ name, hash, blocked }) =>
    blocked === undefined ? [] : [{ name, code: blocked.code, hash }],
  );
  return { tools: known.length, ...(blockedTools.length === 0 ? {} : { blockedTools }) };
}
