import type { Clock } from "@kingly/runtime";
import { McpBatcherError } from "../mcp-batcher-error.ts";

/** Waits no longer than `maxMs` and no longer than the signal lets it. */
export async function waitFor<Value>(
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
