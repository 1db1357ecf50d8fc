import type { ResolvedBatcherOptions } from "./batcher-options.ts";
import { canonicalJson } from "./canonical-json.ts";
import { describeCause } from "./describe-cause.ts";
import { isLongerThan } from "./is-longer-than.ts";
import type { Operation, OperationError } from "./operation.ts";
import type { ToolCall } from "./tool-caller.ts";

const highestPriority = 100;
const keyShape = /^[\u0021-\u007e]{1,200}$/;

/** An operation made safe to keep: its arguments are a copy, and equal reads have equal keys. */
export interface PreparedOperation {
  readonly call: ToolCall;
  readonly timeoutMs: number;
  readonly maxTotalMs: number;
  readonly priority: number;
  /** What is asked, for the cache: server, tool and arguments. */
  readonly cacheKey: string;
  /** Absent for writes: they are never joined. */
  readonly readKey?: string;
}

/** Checks an operation and copies its arguments, so that later changes by the caller do no harm. [M13] */
export function prepareOperation(
  operation: Operation,
  limits: ResolvedBatcherOptions,
): { readonly ok: true; readonly value: PreparedOperation } | { readonly ok: false; readonly error: OperationError } {
  const { server, tool, kind, timeoutMs = limits.timeoutMs, maxTotalMs = limits.maxTotalMs } = operation;
  const { priority = 0, idempotencyKey } = operation;
  if (typeof server !== "string" || server === "") return invalid("server", server, "Name the server.");
  if (typeof tool !== "string" || tool === "") return invalid("tool", tool, "Name the tool.");
  if (kind !== "read" && kind !== "write") return invalid("kind", kind, 'Say "read" or "write".');
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0)
    return invalid("timeoutMs", timeoutMs, "Give milliseconds over 0.");
  if (!Number.isFinite(maxTotalMs) || maxTotalMs <= 0)
    return invalid("maxTotalMs", maxTotalMs, "Give milliseconds over 0.");
  if (!Number.isSafeInteger(priority) || Math.abs(priority) > highestPriority)
    return invalid("priority", priority, "Give a whole number from -100 to 100.");
  if (idempotencyKey !== undefined && !(typeof idempotencyKey === "string" && keyShape.test(idempotencyKey)))
    return invalid("idempotencyKey", idempotencyKey, "Give 1 to 200 visible ASCII signs.");
  if (typeof operation.args !== "object" || operation.args === null || Array.isArray(operation.args)) {
    return invalid("args", operation.args, "Give an object, {} for none.");
  }
  let json: string;
  try {
    json = canonicalJson(operation.args);
  } catch (cause) {
    return invalid("args", cause, "Give plain JSON: no cycles, no BigInt.");
  }
  if (isLongerThan(json, limits.maxInputBytes)) {
    return {
      ok: false,
      error: {
        code: "input_too_large",
        message: `The arguments of ${server}.${tool} take more than ${limits.maxInputBytes} bytes.`,
        hint: "Send less at once, or raise maxInputBytes.",
      },
    };
  }
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const call: ToolCall = { server, tool, args: JSON.parse(json), ...key };
  return {
    ok: true,
    value: {
      call,
      timeoutMs,
      maxTotalMs,
      priority,
      cacheKey: JSON.stringify([server, tool, json]),
      // A joined read shares the clock of the first: only reads of equal patience are joined.
      ...(kind === "read" ? { readKey: JSON.stringify([server, tool, timeoutMs, maxTotalMs, json]) } : {}),
    },
  };
}

function invalid(field: string, value: unknown, hint: string): { readonly ok: false; readonly error: OperationError } {
  return {
    ok: false,
    error: { code: "invalid_operation", message: `The operation's ${field} is ${describeCause(value)}.`, hint },
  };
}
