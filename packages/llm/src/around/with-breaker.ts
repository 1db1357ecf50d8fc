import type { Clock, Log } from "@kingly/runtime";
import { LlmError } from "../llm-error.ts";
import type { LlmErrorCode } from "../llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";

/** When a model is no longer asked, and for how long. */
export interface BreakerOptions {
  /** Failures in a row that open it, from 1. @default 5 */
  readonly maxFailures?: number;
  /** Milliseconds until one request may try again; longer when the server said so. @default 30,000 */
  readonly openMs?: number;
}

/** How a breaker stands. `closed`: all is well; `open`: nobody is asked; `half_open`: one request tries. */
export interface BreakerState {
  readonly state: "closed" | "open" | "half_open";
  /** Failures in a row. */
  readonly failures: number;
  /** Milliseconds until a request may try; 0 unless open. */
  readonly retryAfterMs: number;
}

/** A model with a breaker, whose state can be read at any time. */
export interface BreakerModel extends Model {
  breaker(): BreakerState;
}

// What says something of the model, not of the request or of who asked.
const failing: ReadonlySet<LlmErrorCode> = new Set([
  "model_unavailable",
  "rate_limited",
  "unauthorized",
  "deadline",
  "stalled",
  "bad_response",
]);

/** Stops asking a model that failed too often in a row; after a while one request tries, and closes it if all is well. [L22]
 *
 * While it is open a request throws `breaker_open` with `retryAfterMs`, at once. A cancel says nothing, unless it came
 * when the request's own deadline was over: then somebody around gave up waiting. */
export function withBreaker(
  model: Model,
  deps: { readonly clock: Clock; readonly log: Log },
  options: BreakerOptions = {},
): BreakerModel {
  const { maxFailures = 5, openMs = 30_000 } = options;
  const { clock, log } = deps;
  let failures = 0;
  let openUntilMs: number | undefined;
  let isTrying = false;

  const breaker = (): BreakerState => {
    if (openUntilMs === undefined) return { state: "closed", failures, retryAfterMs: 0 };
    const retryAfterMs = Math.max(0, openUntilMs - clock.monotonicMs());
    return { state: retryAfterMs > 0 ? "open" : "half_open", failures, retryAfterMs };
  };
  const succeed = (): void => {
    if (openUntilMs !== undefined) log.info("the model answers again", { model: model.name });
    failures = 0;
    openUntilMs = undefined;
  };
  const fail = (code: string, retryAfterMs = 0): void => {
    failures += 1;
    // One that was asked before it opened must not open it longer.
    if (failures < maxFailures || breaker().state === "open") return;
    openUntilMs = clock.monotonicMs() + Math.max(openMs, retryAfterMs);
    log.warn("the model is not asked for a while", { model: model.name, failures, code, openMs });
  };

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const { state, retryAfterMs } = breaker();
    if (state === "open" || (state === "half_open" && isTrying)) {
      const message = `The model ${model.name} failed ${failures} times in a row and is not asked now. Try again later.`;
      throw new LlmError("breaker_open", message, { retryAfterMs });
    }
    let isTrial = state === "half_open";
    if (isTrial) isTrying = true;
    const release = (): void => {
      if (isTrial) isTrying = false;
      isTrial = false;
    };
    const startedAtMs = clock.monotonicMs();
    let isSettled = false;
    try {
      for await (const event of model.stream(request)) {
        if (event.kind === "done" && event.stopReason !== "cancelled") {
          isSettled = true;
          release();
          succeed();
        }
        yield event;
      }
    } catch (thrown) {
      isSettled = true;
      if (!(thrown instanceof LlmError)) fail("unknown");
      else if (failing.has(thrown.code)) fail(thrown.code, thrown.retryAfterMs);
      throw thrown;
    } finally {
      release();
      // A timer may be a little early.
      const tookMs = clock.monotonicMs() - startedAtMs + 2;
      if (!isSettled && tookMs >= (request.deadlineMs ?? Infinity)) fail("deadline");
    }
  }
  return { name: model.name, stream, breaker };
}

/** Whether a model has a breaker that can be read. */
export function hasBreaker(model: Model): model is BreakerModel {
  return "breaker" in model && typeof model.breaker === "function";
}
