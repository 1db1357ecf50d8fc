import type { Clock, Log, Timer } from "@kingly/runtime";
import { resolveBatcherOptions } from "./batcher-options.ts";
import type { BatcherOptions } from "./batcher-options.ts";
import { describeCause } from "./describe-cause.ts";
import { createLanes } from "./lanes.ts";
import { McpBatcherError } from "./mcp-batcher-error.ts";
import type { Effect } from "./mcp-batcher-error.ts";
import type { Operation, OperationError, Outcome } from "./operation.ts";
import { prepareOperation } from "./prepare-operation.ts";
import type { PreparedOperation } from "./prepare-operation.ts";
import type { CallEnd } from "./read-result.ts";
import { createResultCache } from "./result-cache.ts";
import type { CacheStats } from "./result-cache.ts";
import { runCall } from "./run-call.ts";
import type { RunningCall } from "./run-call.ts";
import { describeRunningCall } from "./running-operation.ts";
import type { RunningOperation } from "./running-operation.ts";
import type { ToolCaller } from "./tool-caller.ts";
import { toOutcome } from "./to-outcome.ts";
import { createWaiter } from "./waiter.ts";
import type { Waiter } from "./waiter.ts";

/** What a batcher holds now, and how many batches it has sent since it was made. */
export interface BatcherStats {
  readonly unsettled: number;
  readonly collecting: number;
  readonly running: number;
  readonly batches: number;
  readonly cache: CacheStats;
}

/** Makes MCP operations together, each with a promise of its own. */
export interface Batcher {
  /** Takes an operation and promises its own outcome. Never rejects and never throws. [M1][M2] */
  add(operation: Operation): Promise<Outcome>;
  stats(): BatcherStats;
  /** The calls that run now, and how long nothing was heard of each, in the order of their start. [M31] */
  running(): readonly RunningOperation[];
  /** Cancels a running call by its id, for all who wait for it. False: no such call runs. [M9] */
  cancel(id: number): boolean;
  /** Throws away kept answers of one server, or of all: something changed that no write of ours told. [M29] */
  forget(server?: string): void;
  /** Settles everything at once (`failed` or, for writes that run, `unknown`) and takes nothing more. [M16] */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A call and all who wait for it: several for a read that was joined. */
interface SharedCall {
  readonly prepared: PreparedOperation;
  readonly kind: Operation["kind"];
  readonly idempotent: boolean;
  readonly waiters: Set<Waiter>;
  readonly id: number;
  /** The cache's moment at which a read was added. */
  readonly moment: number;
  priority: number;
  running: RunningCall | undefined;
}

/** Creates a batcher over a caller.
 *
 * Operations are collected up to `maxBatch` or `maxDelayMs`, but go out in the same turn when their server is idle;
 * a batch runs in parallel as far as each server allows. Throws {@link McpBatcherError} `invalid_options`. [M3][M4] */
export function createBatcher(
  deps: { readonly caller: ToolCaller; readonly clock: Clock; readonly log: Log },
  options: BatcherOptions = {},
): Batcher {
  const { caller, clock, log } = deps;
  const limits = resolveBatcherOptions(options);
  const cache = createResultCache({ clock, caller }, limits.cache);
  const open = new Set<SharedCall>();
  const joinable = new Map<string, Map<string, SharedCall>>();
  let collecting = new Set<SharedCall>();
  let delay: Timer | undefined;
  let isFlushDue = false;
  let unsettled = 0;
  let running = 0;
  let batches = 0;
  let lastId = 0;
  let closed = false;

  const limitOf = (server: string): number =>
    Object.hasOwn(limits.concurrencyByServer, server)
      ? (limits.concurrencyByServer[server] ?? limits.concurrency)
      : limits.concurrency;

  const flush = (): void => {
    delay?.cancel();
    delay = undefined;
    if (collecting.size === 0) return;
    const batch = collecting;
    collecting = new Set();
    batches += 1;
    log.debug("batch sent", { operations: batch.size });
    for (const call of batch) lanes.enter(call.prepared.call.server, call, call.priority);
  };
  // A microtask later, so that all adds of one turn share the batch.
  const flushThisTurn = (): void => {
    if (isFlushDue) return;
    isFlushDue = true;
    queueMicrotask(() => {
      isFlushDue = false;
      flush();
    });
  };
  const run = async (call: SharedCall): Promise<void> => {
    const { server, tool } = call.prepared.call;
    running += 1;
    call.running = runCall(
      { caller, clock },
      call.prepared.call,
      {
        ...limits,
        timeoutMs: call.prepared.timeoutMs,
        maxTotalMs: call.prepared.maxTotalMs,
        isRepeatable: () => isRepeatable(call),
      },
      {
        onProgress: (progress) => tell(call, ({ onProgress }) => onProgress?.(progress)),
        onQuiet: () => {
          const quiet = describeRunning(call);
          if (quiet === undefined) return;
          log.info("no sign of life of a call", { server, tool, quietMs: quiet.quietMs });
          tell(call, ({ onQuiet }) => onQuiet?.(quiet));
        },
      },
    );
    const end = await call.running.ended;
    running -= 1;
    if (end.ok && call.kind === "read") cache.keep(call.prepared.call, call.prepared.cacheKey, end.json, call.moment);
    if (!end.ok && call.kind === "write" && end.effect === "unknown") {
      log.warn("the effect of a write is not known", { server, tool, code: end.error.code });
    }
    finish(call, end);
  };
  const lanes = createLanes<SharedCall>(limitOf, run, (server) => {
    if (lanes.load(server) > 0) return;
    for (const call of collecting) if (call.prepared.call.server === server) return flushThisTurn();
  });
  const isRepeatable = ({ kind, idempotent, prepared }: SharedCall): boolean =>
    kind === "read" || idempotent || caller.mayRepeat?.(prepared.call) === true;
  const describeRunning = ({ id, kind, prepared, running: its }: SharedCall): RunningOperation | undefined =>
    its && describeRunningCall({ id, kind, ...prepared.call }, its.life(), clock.monotonicMs());
  const tell = (call: SharedCall, how: (operation: Operation) => void): void => {
    for (const waiter of call.waiters) {
      try {
        how(waiter.operation);
      } catch (cause) {
        log.warn("a listener of a call threw", { tool: call.prepared.call.tool, cause: describeCause(cause) });
      }
    }
  };
  // A read must not be joined across a write: it could tell what was true before.
  const forgetReads = (server: string): void => {
    joinable.delete(server);
    cache.forget(server);
  };
  const forgetRead = (call: SharedCall): void => {
    const { prepared } = call;
    const { server } = prepared.call;
    const reads = joinable.get(server);
    if (prepared.readKey !== undefined && reads?.get(prepared.readKey) === call) reads.delete(prepared.readKey);
    if (reads?.size === 0) joinable.delete(server);
  };
  const leave = (call: SharedCall): void => {
    const { call: toolCall } = call.prepared;
    open.delete(call);
    collecting.delete(call);
    if (collecting.size === 0) {
      delay?.cancel();
      delay = undefined;
    }
    lanes.withdraw(toolCall.server, call);
    if (call.kind === "write") forgetReads(toolCall.server);
    else forgetRead(call);
  };
  const finish = (call: SharedCall, end: CallEnd): void => {
    leave(call);
    let isFirst = true;
    for (const waiter of call.waiters) {
      waiter.settle(toOutcome(call.kind, end, isFirst, () => isRepeatable(call)));
      isFirst = false;
    }
  };
  const cancel = (call: SharedCall, waiter: Waiter): void => {
    const effect: Effect = call.running !== undefined && call.kind === "write" ? "unknown" : "none";
    call.waiters.delete(waiter);
    waiter.settle({ status: "cancelled", effect });
    if (call.waiters.size > 0) return;
    forgetRead(call);
    if (call.running === undefined) return leave(call);
    // Nobody waits for the answer any more: the server may stop working on it.
    call.running.stop(
      new McpBatcherError("cancelled", "The operation was cancelled.", { hint: "Nothing to do.", effect }),
    );
  };
  const join = (operation: Operation, call: SharedCall): Promise<Outcome> => {
    unsettled += 1;
    const { priority = 0 } = operation;
    if (priority > call.priority) {
      call.priority = priority;
      const { server } = call.prepared.call;
      if (lanes.withdraw(server, call)) lanes.enter(server, call, priority);
    }
    const waiter = createWaiter(
      operation,
      () => cancel(call, waiter),
      () => (unsettled -= 1),
    );
    call.waiters.add(waiter);
    return waiter.promise;
  };
  const begin = (operation: Operation, prepared: PreparedOperation): Promise<Outcome> => {
    const { server } = prepared.call;
    const { kind, idempotent = false } = operation;
    if (prepared.readKey === undefined) forgetReads(server);
    const call: SharedCall = {
      prepared,
      kind,
      idempotent,
      waiters: new Set(),
      id: (lastId += 1),
      moment: cache.moment(server),
      priority: prepared.priority,
      running: undefined,
    };
    open.add(call);
    if (prepared.readKey !== undefined)
      joinable.set(server, (joinable.get(server) ?? new Map()).set(prepared.readKey, call));
    const promise = join(operation, call);
    collecting.add(call);
    if (collecting.size >= limits.maxBatch) flush();
    else if (lanes.load(server) === 0) flushThisTurn();
    else delay ??= clock.setTimer(limits.maxDelayMs, flush);
    return promise;
  };
  const close = async (): Promise<void> => {
    closed = true;
    for (const call of open) {
      const error = new McpBatcherError("closed", "The batcher was closed.", {
        hint: "Make the operation again after a restart; after a write that ran, read back what it did.",
        effect: call.running === undefined ? "none" : "unknown",
      });
      if (call.running === undefined) finish(call, { ok: false, error: toError(error), effect: error.effect });
      else call.running.stop(error);
    }
    // The ends of running calls are told a few microtasks later.
    while (running > 0) await Promise.resolve();
  };

  return {
    add(operation) {
      if (closed) return failed("closed", "The batcher is closed.", "Create a new one.");
      const prepared = prepareOperation(operation, limits);
      if (!prepared.ok) return Promise.resolve({ status: "failed", error: prepared.error });
      if (operation.signal?.aborted) return Promise.resolve({ status: "cancelled", effect: "none" });
      if (unsettled >= limits.maxQueued) {
        return failed("queue_full", `${unsettled} operations are waiting already.`, "Wait for some, then try again.");
      }
      const { readKey, call } = prepared.value;
      if (readKey !== undefined && cache.ttlMs(call) > 0) {
        const found = cache.find(call, prepared.value.cacheKey);
        if (found !== undefined) {
          return Promise.resolve({ status: "ok", result: JSON.parse(found.json), ageMs: found.ageMs });
        }
      }
      const shared = readKey === undefined ? undefined : joinable.get(call.server)?.get(readKey);
      return shared === undefined ? begin(operation, prepared.value) : join(operation, shared);
    },
    stats: () => ({ unsettled, collecting: collecting.size, running, batches, cache: cache.stats() }),
    running: () =>
      [...open]
        .map(describeRunning)
        .filter((each) => each !== undefined)
        .toSorted((a, b) => b.elapsedMs - a.elapsedMs),
    cancel(id) {
      const call = [...open].find((each) => each.id === id && each.running !== undefined && each.waiters.size > 0);
      for (const waiter of call?.waiters ?? []) if (call !== undefined) cancel(call, waiter);
      return call !== undefined;
    },
    forget: (server) => cache.forget(server),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function toError({ code, message, hint }: McpBatcherError): OperationError {
  return { code, message, hint };
}

function failed(code: OperationError["code"], message: string, hint: string): Promise<Outcome> {
  return Promise.resolve({ status: "failed", error: { code, message, hint } });
}
