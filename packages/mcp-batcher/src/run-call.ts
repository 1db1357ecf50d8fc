import type { Clock, Timer } from "@kingly/runtime";
import { describeCause } from "./describe-cause.ts";
import { isMcpBatcherError, McpBatcherError } from "./mcp-batcher-error.ts";
import { readResult } from "./read-result.ts";
import type { CallEnd } from "./read-result.ts";
import type { ToolCall, ToolCaller, ToolProgress } from "./tool-caller.ts";

/** When something was last heard of a call, in milliseconds of the monotonic clock. */
export interface CallLife {
  readonly startedMs: number;
  /** Its last progress, or its start. */
  readonly heardMs: number;
  /** The last ping that its server answered during the call. */
  readonly serverHeardMs?: number;
  readonly isQuiet: boolean;
  readonly progress?: ToolProgress;
}

/** A call that has begun. `stop` ends it at once with that error, whatever the caller still does. */
export interface RunningCall {
  readonly ended: Promise<CallEnd>;
  life(): CallLife;
  stop(error: McpBatcherError): void;
}

/** Who is told of the life of a call. */
export interface CallWatch {
  readonly onProgress: (progress: ToolProgress) => void;
  readonly onQuiet: () => void;
}

/** What one run needs to know beside the call. */
export interface RunLimits {
  readonly timeoutMs: number;
  readonly maxTotalMs: number;
  readonly quietAfterMs: number;
  readonly maxOutputBytes: number;
  readonly maxRepeats: number;
  /** True when making the call twice does no harm. Asked when it matters: what a server says is known later. */
  readonly isRepeatable: () => boolean;
}

/** Runs one call to its end: silence renewed by signs of life, a hard total, repeats where harmless. [M7][M8][M10][M31] */
export function runCall(
  deps: { readonly caller: ToolCaller; readonly clock: Clock },
  call: ToolCall,
  limits: RunLimits,
  watch: CallWatch,
): RunningCall {
  const { caller, clock } = deps;
  const controller = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<CallEnd>();
  let done = false;
  let silence: Timer | undefined;
  let quiet: Timer | undefined;
  const startedMs = clock.monotonicMs();
  let heardMs = startedMs;
  let serverHeardMs: number | undefined;
  let isQuiet = false;
  let lastProgress: ToolProgress | undefined;

  const end = (how: CallEnd): void => {
    if (done) return;
    done = true;
    silence?.cancel();
    quiet?.cancel();
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
  const hear = (): void => {
    heardMs = clock.monotonicMs();
    isQuiet = false;
    quiet?.cancel();
    quiet = clock.setTimer(limits.quietAfterMs, () => {
      isQuiet = true;
      watch.onQuiet();
    });
  };
  const total = clock.setTimer(limits.maxTotalMs, () => expire("did not end within", limits.maxTotalMs));
  const options = {
    signal: controller.signal,
    timeoutMs: limits.timeoutMs,
    maxTotalMs: limits.maxTotalMs,
    onProgress(progress: ToolProgress): void {
      if (done) return;
      renew();
      hear();
      lastProgress = progress;
      watch.onProgress(progress);
    },
    onServerAlive(): void {
      if (done) return;
      serverHeardMs = clock.monotonicMs();
      renew();
    },
  };
  const attempt = async (repeatsLeft: number): Promise<void> => {
    renew();
    hear();
    try {
      end(readResult(await caller.callTool(call, options), limits.maxOutputBytes));
    } catch (cause) {
      const how = toCallEnd(cause);
      const isLost =
        !how.ok && how.error.code === "connection_lost" && (how.effect === "none" || limits.isRepeatable());
      if (!done && isLost && repeatsLeft > 0) return attempt(repeatsLeft - 1);
      end(how);
    }
    return undefined;
  };
  void attempt(limits.maxRepeats);
  const life = (): CallLife => ({
    startedMs,
    heardMs,
    isQuiet,
    ...(serverHeardMs === undefined ? {} : { serverHeardMs }),
    ...(lastProgress === undefined ? {} : { progress: lastProgress }),
  });
  return { ended, life, stop };
}

function toCallEnd(cause: unknown): CallEnd & { readonly ok: false } {
  if (isMcpBatcherError(cause)) {
    const { code, message, hint, effect, path } = cause;
    return { ok: false, effect, error: { code, message, hint, ...(path === undefined ? {} : { path }) } };
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
