import type { Clock } from "@kingly/runtime";
import { LlmError } from "../llm-error.ts";

/** What bounds the silence of a stream. */
export interface IdleLimit {
  readonly clock: Clock;
  /** The model's name, for the error. */
  readonly name: string;
  /** The longest silence now, in milliseconds; asked before each wait. */
  idleMs(): number;
  /** Its abort takes the timer away at once. */
  readonly signal: AbortSignal | undefined;
}

/** Gives the same items; throws `stalled` when the next does not come in time: a half-open connection never ends. [L16] */
export async function* withIdleLimit<T>(items: AsyncIterable<T>, limit: IdleLimit): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let cancel = (): void => {};
  const onAbort = (): void => cancel();
  limit.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      const idleMs = limit.idleMs();
      const stalled = Promise.withResolvers<"stalled">();
      const timer = limit.clock.setTimer(idleMs, () => stalled.resolve("stalled"));
      cancel = () => timer.cancel();
      // Whoever aborted while nobody waited gets no timer either.
      if (limit.signal?.aborted) timer.cancel();
      const next = await Promise.race([iterator.next(), stalled.promise]).finally(cancel);
      if (next === "stalled") {
        const what = `The model ${limit.name} said nothing for ${idleMs} ms.`;
        throw new LlmError("stalled", `${what} Ask again, or look whether it still runs.`);
      }
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    cancel();
    limit.signal?.removeEventListener("abort", onAbort);
    // Not awaited: what hangs would hang its reader too.
    void iterator.return?.()?.then(undefined, () => {});
  }
}
