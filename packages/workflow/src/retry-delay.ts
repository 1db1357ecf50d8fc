import type { RetryPolicy } from "./definition.ts";

/** Gives the milliseconds to wait after the attempt that failed: `backoffMs * factor ^ (attempt - 1)`, capped. [W16]
 *
 * There is no jitter: the same run gives the same delays. Whoever starts many runs at once adds its own. */
export function retryDelay(policy: RetryPolicy, failedAttempt: number): number {
  return Math.min(policy.maxBackoffMs, Math.round(policy.backoffMs * policy.factor ** (failedAttempt - 1)));
}
