import type { Clock, Log, Random, Timer } from "@kingly/runtime";
import { McpBatcherError } from "../mcp-batcher-error.ts";
import type { Connect, Connection } from "./connection.ts";
import { retryDelayMs } from "./retry-delay-ms.ts";
import { defaultStartTimeoutMs, findEntryFault } from "./server-entry.ts";
import type { ServerEntry } from "./server-entry.ts";
import type { ServerState, ServerStatus } from "./server-state.ts";
import { createStderrTail } from "./stderr-tail.ts";
import { toStartError } from "./to-start-error.ts";

/** One server: its process, its state, and the tries to bring it back. */
export interface Server {
  state(): ServerState;
  /** Gives the connection, starting the process when there is none. Rejects with an {@link McpBatcherError}. */
  reach(signal?: AbortSignal): Promise<Connection>;
  /** Told after each answer: the process works, so the next trouble begins with the shortest wait. */
  answered(): void;
  close(): Promise<void>;
}

// Trying again does not help until somebody changes something; a call tries again all the same.
const finalCodes: ReadonlySet<string> = new Set(["server_missing", "invalid_config"]);

// Input closed, 2 s, SIGTERM, 2 s, SIGKILL, and some room.
const longestEndMs = 6_000;

/** Creates a server that is not started yet. `onState` is told of every change. [M19][M20][M22] */
export function createServer(
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Log; readonly connect: Connect },
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
  let connection: Connection | undefined;
  /** The try that runs or is planned: those who wait for the server wait for it. */
  let coming: PromiseWithResolvers<Connection> | undefined;

  const state = (): ServerState => ({
    name,
    status,
    ...(reason === undefined ? {} : { reason: { code: reason.code, message: reason.message, hint: reason.hint } }),
    stderrTail: tail.read(),
    attempt,
    ...(nextRetryAtMs === undefined ? {} : { nextRetryAtMs }),
    ...(connection?.pid === undefined ? {} : { pid: connection.pid }),
  });
  const become = (next: ServerStatus, why?: McpBatcherError): void => {
    status = next;
    reason = why;
    log.info("server state", { server: name, status: next, attempt, code: why?.code });
    onState(state());
  };
  const expect = (): PromiseWithResolvers<Connection> => {
    if (coming === undefined) {
      coming = Promise.withResolvers<Connection>();
      // Often nobody waits: a failed try is told by the state.
      coming.promise.catch(() => {});
    }
    return coming;
  };
  const planRetry = (): void => {
    const waitMs = retryDelayMs(attempt, random.fraction());
    nextRetryAtMs = clock.nowMs() + waitMs;
    expect();
    retry = clock.setTimer(waitMs, () => void begin());
  };
  const lose = (lost: Connection): void => {
    if (closing.signal.aborted || connection !== lost) return;
    connection = undefined;
    planRetry();
    become(
      "degraded",
      new McpBatcherError("connection_lost", `The process of server "${name}" ended.`, {
        hint: "It is started again by itself; its last words on stderr may say why it ended.",
      }),
    );
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
      connection = fresh;
      coming = undefined;
      become("ready");
      waiters.resolve(fresh);
      void fresh.ended.then(() => lose(fresh));
    } catch (cause) {
      const error = await toStartError(name, entry, cause, tail.read());
      coming = undefined;
      if (!closing.signal.aborted) {
        if (!finalCodes.has(error.code)) planRetry();
        become("failed", error);
      }
      waiters.reject(error);
    }
  };
  const startOnce = async (): Promise<Connection> => {
    const abort = new AbortController();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    stopped.catch(() => {});
    const stop = (error: McpBatcherError): void => {
      reject(error);
      abort.abort(error);
    };
    const onClosing = (): void => stop(closedError());
    closing.signal.addEventListener("abort", onClosing, { once: true });
    const window = clock.setTimer(startTimeoutMs, () => stop(startTimeout(name, startTimeoutMs)));
    const myTail = tail;
    const connecting = deps.connect(entry, {
      signal: abort.signal,
      onStderr: (chunk) => myTail.append(chunk),
      onNoise: (error) => log.debug("server noise", { server: name, message: error.message.slice(0, 200) }),
    });
    const tracked = connecting.then(
      // Ready in the very moment it was given up.
      (late) => (abort.signal.aborted ? late.close() : undefined),
      () => {},
    );
    ending.add(tracked);
    void tracked.finally(() => ending.delete(tracked));
    try {
      return await Promise.race([connecting, stopped]);
    } finally {
      window.cancel();
      closing.signal.removeEventListener("abort", onClosing);
    }
  };
  const closedError = (): McpBatcherError =>
    new McpBatcherError("closed", `Server "${name}" was closed.`, { hint: "Open the servers again." });

  if (fault !== undefined) {
    status = "failed";
    reason = new McpBatcherError("invalid_config", `Server "${name}": ${fault}.`, { hint: "Correct its entry." });
  } else if (entry.disabled === true) {
    status = "disabled";
  }

  return {
    state,
    async reach(signal) {
      if (closing.signal.aborted) throw closedError();
      if (fault !== undefined && reason !== undefined) throw reason;
      if (status === "disabled") {
        throw new McpBatcherError("server_disabled", `Server "${name}" is disabled.`, {
          hint: "Take disabled out of its entry to use it.",
        });
      }
      if (connection !== undefined) return connection;
      if (nextRetryAtMs !== undefined && nextRetryAtMs - clock.nowMs() > startTimeoutMs) {
        throw unavailable(name, reason, nextRetryAtMs - clock.nowMs());
      }
      const { promise } = expect();
      if (status === "idle" || (status === "failed" && nextRetryAtMs === undefined)) void begin();
      return waitFor(clock, promise, startTimeoutMs, startTimeout(name, startTimeoutMs), signal);
    },
    answered: () => void (attempt = 0),
    async close() {
      if (closing.signal.aborted) return;
      retry?.cancel();
      nextRetryAtMs = undefined;
      const last = connection;
      connection = undefined;
      closing.abort();
      coming?.reject(closedError());
      if (status !== "disabled" && status !== "failed") become("idle");
      // A grandchild that keeps the pipes open would make the end invisible: do not wait for it for ever.
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const window = clock.setTimer(longestEndMs, resolve);
      await Promise.race([late, Promise.all([last?.close(), ...ending])]);
      window.cancel();
    },
  };
}

function startTimeout(name: string, afterMs: number): McpBatcherError {
  return new McpBatcherError("server_start_timeout", `Server "${name}" was not ready within ${afterMs} ms.`, {
    hint: "Look at its stderr, or give it more time with startTimeoutMs.",
  });
}

function unavailable(name: string, reason: McpBatcherError | undefined, inMs: number): McpBatcherError {
  const why = reason === undefined ? "" : ` ${reason.message}`;
  return new McpBatcherError("server_unavailable", `Server "${name}" is away.${why}`, {
    hint: `The next try begins in ${Math.ceil(inMs / 1000)} s. ${reason?.hint ?? ""}`.trimEnd(),
    ...(reason === undefined ? {} : { cause: reason }),
  });
}

/** Waits no longer than `maxMs` and no longer than the signal lets it. */
async function waitFor<Value>(
  clock: Clock,
  promise: Promise<Value>,
  maxMs: number,
  late: McpBatcherError,
  signal: AbortSignal | undefined,
): Promise<Value> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = (): void =>
    reject(new McpBatcherError("cancelled", "Nobody waits any more.", { hint: "Nothing to do." }));
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = clock.setTimer(maxMs, () => reject(late));
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    timer.cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}
