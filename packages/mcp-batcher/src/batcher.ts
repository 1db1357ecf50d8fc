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
import { runCall } from "./run-call.ts";
import type { RunningCall } from "./run-call.ts";
import type { ToolCaller, ToolProgress } from "./tool-caller.ts";
import { createWaiter } from "./waiter.ts";
import type { Waiter } from "./waiter.ts";

/** What a batcher holds now, and how many batches it has sent since it was made. */
export interface BatcherStats {
  readonly unsettled: number;
  readonly collecting: number;
  readonly running: number;
  readonly batches: number;
}

/** Makes MCP operations together, each with a promise of its own. */
export interface Batcher {
  /** Takes an operation and promises its own outcome. Never rejects and never throws. [M1][M2] */
  add(operation: Operation): Promise<Outcome>;
  stats(): BatcherStats;
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
  const open = new Set<SharedCall>();
  const joinable = new Map<string, Map<string, SharedCall>>();
  let collecting = new Set<SharedCall>();
  let delay: Timer | undefined;
  let isFlushDue = false;
  let unsettled = 0;
  let running = 0;
  let batches = 0;
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
    for (const call of batch) lanes.enter(call.prepared.call.server, call);
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
      { ...limits, timeoutMs: call.prepared.timeoutMs, repeatable: call.kind === "read" || call.idempotent },
      (progress) => tellProgress(call, progress),
    );
    const end = await call.running.ended;
    running -= 1;
    if (!end.ok && call.kind === "write" && end.effect === "unknown") {
      log.warn("the effect of a write is not known", { server, tool, code: end.error.code });
    }
    finish(call, end);
  };
  const lanes = createLanes<SharedCall>(limitOf, run, (server) => {
    if (lanes.load(server) > 0) return;
    for (const call of collecting) if (call.prepared.call.server === server) return flushThisTurn();
  });
  const tellProgress = (call: SharedCall, progress: ToolProgress): void => {
    for (const waiter of call.waiters) {
      try {
        waiter.operation.onProgress?.(progress);
      } catch (cause) {
        log.warn("a progress listener threw", { tool: call.prepared.call.tool, cause: describeCause(cause) });
      }
    }
  };
  // A read must not be joined across a write: it could tell what was true before.
  const forgetReads = (server: string): void => void joinable.delete(server);
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
      waiter.settle(toOutcome(call.kind, end, isFirst));
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
    const call: SharedCall = { prepared, kind, idempotent, waiters: new Set(), running: undefined };
    open.add(call);
    if (prepared.readKey === undefined) forgetReads(server);
    else joinable.set(server, (joinable.get(server) ?? new Map()).set(prepared.readKey, call));
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
      const shared = readKey === undefined ? undefined : joinable.get(call.server)?.get(readKey);
      return shared === undefined ? begin(operation, prepared.value) : join(operation, shared);
    },
    stats: () => ({ unsettled, collecting: collecting.size, running, batches }),
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

function toOutcome(kind: Operation["kind"], end: CallEnd, isFirst: boolean): Outcome {
  // Whoever joined gets a copy: what one does to its result must not reach another.
  if (end.ok) return { status: "ok", result: isFirst ? end.result : JSON.parse(end.json) };
  if (kind === "write" && end.effect === "unknown") return { status: "unknown", error: end.error };
  const { error, result } = end;
  return result === undefined
    ? { status: "failed", error }
    : { status: "failed", error, result: isFirst ? result : structuredClone(result) };
}
