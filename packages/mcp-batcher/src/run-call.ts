import type { Clock, Timer } from "@kingly/runtime";
import { describeCause } from "./describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "./mcp-batcher-error.ts";
import { readResult } from "./read-result.ts";
import type { CallEnd } from "./read-result.ts";
import type { ToolCall, ToolCaller, ToolProgress } from "./tool-caller.ts";

/** A call that has begun. `stop` ends it at once with that error, whatever the caller still does. */
export interface RunningCall {
  readonly ended: Promise<CallEnd>;
  stop(error: McpBatcherError): void;
}

/** What one run needs to know beside the call. */
export interface RunLimits {
  readonly timeoutMs: number;
  readonly maxTotalMs: number;
  readonly maxOutputBytes: number;
  readonly maxRepeats: number;
  /** True when making the call twice does no harm. */
  readonly repeatable: boolean;
}

/** Runs one call to its end: silence renewed by progress, a hard total, repeats where harmless. [M7][M8][M10] */
export function runCall(
  deps: { readonly caller: ToolCaller; readonly clock: Clock },
  call: ToolCall,
  limits: RunLimits,
  onProgress: (progress: ToolProgress) => void,
): RunningCall {
  const { caller, clock } = deps;
  const controller = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<CallEnd>();
  let done = false;
  let silence: Timer | undefined;

  const end = (how: CallEnd): void => {
    if (done) return;
    done = true;
    silence?.cancel();
    total.cancel();
    resolve(how);
  };
  const stop = (error: McpBatcherError): void => {
    if (done) return;
    end(toCallEnd(error));
    controller.abort(error);
  };
  const expire = (what: string, ms: number): void =>
    stop(
      new McpBatcherError("timeout", `${call.server}.${call.tool} ${what} ${ms} ms.`, {
        effect: "unknown",
        hint: "Give it more time, or look at the state of the server; after a write, read back what it did.",
      }),
    );
  const renew = (): void => {
    silence?.cancel();
    silence = clock.setTimer(limits.timeoutMs, () => expire("gave no sign of life for", limits.timeoutMs));
  };
  const total = clock.setTimer(limits.maxTotalMs, () => expire("did not end within", limits.maxTotalMs));
  const options = {
    signal: controller.signal,
    timeoutMs: limits.timeoutMs,
    maxTotalMs: limits.maxTotalMs,
    onProgress(progress: ToolProgress): void {
      if (done) return;
      renew();
      onProgress(progress);
    },
  };
  const attempt = async (repeatsLeft: number): Promise<void> => {
    renew();
    try {
      end(readResult(await caller.callTool(call, options), limits.maxOutputBytes));
    } catch (cause) {
      const how = toCallEnd(cause);
      const isLost = !how.ok && how.error.code === "connection_lost" && (limits.repeatable || how.effect === "none");
      if (!done && isLost && repeatsLeft > 0) return attempt(repeatsLeft - 1);
      end(how);
    }
    return undefined;
  };
  void attempt(limits.maxRepeats);
  return { ended, stop };
}

function toCallEnd(cause: unknown): CallEnd & { readonly ok: false } {
  if (isMcpBatcherError(cause)) {
    const { code, message, hint, effect } = cause;
    return { ok: false, effect, error: { code, message, hint } };
  }
  // A caller that does not say whether its call went out may have sent it.
  return {
    ok: false,
    effect: "unknown",
    error: {
      code: "unexpected_error",
      message: `The caller failed: ${describeCause(cause)}`,
      hint: "Look at the words of the caller; after a write, read back what it did.",
    },
  };
}
