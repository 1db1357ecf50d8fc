import type { Clock } from "@kingly/runtime";
import { checkStream } from "../check-stream.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { withDeadline } from "../with-deadline.ts";
import { withIdleLimit } from "./idle-limit.ts";

// When the reason has come, the rest is only a count and the end of the body.
const restMs = 1000;

/** One open conversation with a server, as an adapter reads it. */
export interface Asking {
  readonly request: ModelRequest;
  /** Aborted when the reader is gone, the time is over or the server is silent. */
  readonly signal: AbortSignal;
}

/** Makes a model of one function that asks a server and tells events: bounded, checked, cleaned up. [L1]-[L6][L16]
 *
 * `done` is told last, when the server has ended its body, so that the connection is used again; a server that says why
 * it stopped and then hangs is waited for at most 1 s. */
export function adaptStream(
  deps: { readonly clock: Clock },
  options: { readonly name: string; readonly idleMs: number },
  ask: (asking: Asking) => AsyncIterable<ModelEvent>,
): Model {
  const { name, idleMs } = options;
  async function* bounded(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const inner = new AbortController();
    const signal = request.signal === undefined ? inner.signal : AbortSignal.any([request.signal, inner.signal]);
    let done: (ModelEvent & { kind: "done" }) | undefined;
    const limited = withIdleLimit(ask({ request, signal }), {
      clock: deps.clock,
      name,
      idleMs: () => (done === undefined ? idleMs : Math.min(restMs, idleMs)),
      signal: request.signal,
    });
    try {
      for await (const event of limited) {
        if (event.kind === "done") done ??= event;
        else yield event;
      }
    } catch (thrown) {
      // What is known to be whole stays whole, also when the connection ends badly.
      if (done === undefined) throw thrown;
    } finally {
      inner.abort();
    }
    if (done !== undefined) yield done;
  }
  return withDeadline({ name, stream: (request) => checkStream(name, request, bounded(request)) }, deps);
}
