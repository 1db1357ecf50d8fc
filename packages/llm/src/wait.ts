import type { Clock } from "@kingly/runtime";

/** Waits, and comes back at once when the signal aborts; no time at all is no wait. Leaves no timer and no listener. */
export async function wait(clock: Clock, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (waitMs <= 0 || signal?.aborted) return;
  const over = Promise.withResolvers<void>();
  const timer = clock.setTimer(waitMs, over.resolve);
  const onAbort = (): void => {
    timer.cancel();
    over.resolve();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  await over.promise;
  signal?.removeEventListener("abort", onAbort);
}
