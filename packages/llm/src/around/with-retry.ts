import type { Clock, Random } from "@kingly/runtime";
import { LlmError } from "../llm-error.ts";
import type { LlmErrorCode } from "../llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { wait } from "../wait.ts";
import { withDeadline } from "../with-deadline.ts";
import { isTold } from "./is-told.ts";

/** How often a model is asked again, and when. */
export interface RetryOptions {
  /** Attempts in all, from 1. @default 3 */
  readonly maxAttempts?: number;
  /** The wait before the second attempt, in milliseconds; it doubles each time. @default 500 */
  readonly firstDelayMs?: number;
  /** The longest wait, in milliseconds; who is told to wait longer gives up. @default 30,000 */
  readonly maxDelayMs?: number;
}

const transient: ReadonlySet<LlmErrorCode> = new Set(["model_unavailable", "rate_limited", "stalled"]);

/** Asks a model again after a failure that passes, as long as nothing has been told. Never where a person waits. [L21]
 *
 * It waits as long as the server said, else between half of the delay and all of it. The request's deadline holds for
 * all attempts together: a wait that would outlast it is not begun. */
export function withRetry(
  model: Model,
  deps: { readonly clock: Clock; readonly random: Random },
  options: RetryOptions = {},
): Model {
  const { maxAttempts = 3, firstDelayMs = 500, maxDelayMs = 30_000 } = options;
  const { clock, random } = deps;

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const endsAtMs = clock.monotonicMs() + (request.deadlineMs ?? Infinity);
    for (let attempt = 1; ; attempt += 1) {
      let hasTold = false;
      try {
        for await (const event of model.stream(request)) {
          hasTold ||= isTold(event);
          yield event;
        }
        return;
      } catch (thrown) {
        if (!(thrown instanceof LlmError) || !transient.has(thrown.code)) throw thrown;
        if (hasTold || attempt >= maxAttempts) throw thrown;
        const fullMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
        const waitMs = thrown.retryAfterMs ?? fullMs * (0.5 + random.fraction() / 2);
        if (waitMs > maxDelayMs || clock.monotonicMs() + waitMs >= endsAtMs) throw thrown;
        await wait(clock, waitMs, request.signal);
        if (request.signal?.aborted) return;
      }
    }
  }
  return withDeadline({ name: model.name, stream }, { clock });
}
