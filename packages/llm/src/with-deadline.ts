import type { Clock } from "@kingly/runtime";
import { LlmError } from "./llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";

/** What guards a model. */
export interface DeadlineOptions {
  readonly clock: Clock;
  /** Milliseconds from the first read to the end; a shorter `deadlineMs` of the request wins. @default the request's */
  readonly deadlineMs?: number;
}

/** Guards any model: its streams end by the deadline, and at once when cancelled, even if the model hangs. [L3][L4][L5]
 *
 * The model is told to stop through its signal and is not waited for. Past the deadline the stream throws
 * {@link LlmError} `deadline`; a cancel ends it with `done` and `cancelled`. */
export function withDeadline(model: Model, options: DeadlineOptions): Model {
  return { name: model.name, stream: (request) => guard(model, request, options) };
}

async function* guard(model: Model, request: ModelRequest, options: DeadlineOptions): AsyncGenerator<ModelEvent> {
  if (request.signal?.aborted) {
    yield { kind: "done", stopReason: "cancelled" };
    return;
  }
  const deadlineMs = Math.min(request.deadlineMs ?? Infinity, options.deadlineMs ?? Infinity);
  const stop = Promise.withResolvers<"cancelled" | "deadline">();
  const inner = new AbortController();
  // The model is told in the same instant, whoever reads or does not.
  const end = (why: "cancelled" | "deadline"): void => {
    stop.resolve(why);
    timer?.cancel();
    inner.abort();
  };
  const timer = Number.isFinite(deadlineMs) ? options.clock.setTimer(deadlineMs, () => end("deadline")) : undefined;
  const onAbort = (): void => end("cancelled");
  request.signal?.addEventListener("abort", onAbort, { once: true });
  let events: AsyncIterator<ModelEvent> | undefined;
  try {
    // Inside: a model that throws before it streams must leave no timer behind.
    events = model.stream({ ...request, signal: inner.signal })[Symbol.asyncIterator]();
    for (;;) {
      // `stop` stands first: when both are ready, the end wins over one more event.
      const next = await Promise.race([stop.promise, events.next()]);
      if (next === "cancelled") {
        yield { kind: "done", stopReason: "cancelled" };
        return;
      }
      if (next === "deadline") {
        const message = `The model ${model.name} did not finish within ${deadlineMs} ms. Ask for less, or allow more time.`;
        throw new LlmError("deadline", message);
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    timer?.cancel();
    request.signal?.removeEventListener("abort", onAbort);
    inner.abort();
    if (events !== undefined) void leave(events);
  }
}

// Not awaited, and its failure is nobody's: the stream it belongs to has already been answered.
async function leave(events: AsyncIterator<ModelEvent>): Promise<void> {
  try {
    await events.return?.();
  } catch {
    // The guard has given its answer; what the model says while it is torn down changes nothing.
  }
}
