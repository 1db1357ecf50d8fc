import type { Clock } from "@kingly/runtime";
import { LlmError } from "../llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { isTold } from "./is-told.ts";

/** How models are asked one after the other. */
export interface OrderOptions {
  /** Milliseconds of silence from a model before the next is asked; the last is waited for. */
  readonly silenceMs: number | undefined;
  /** Called when a model is asked; what it gives is called when it is over, perhaps twice: the first call counts. */
  onAsk?(model: Model): (outcome: { readonly failed: boolean }) => void;
  /** Called with the first thing a model tells. */
  onFirst?(model: Model): void;
}

/** Asks the first model, and the next only while nothing has been told. [L23]
 *
 * When all have failed it throws one error: with their code where they agree, else `model_unavailable`. */
export async function* tryInOrder(
  models: readonly Model[],
  request: ModelRequest,
  clock: Clock,
  options: OrderOptions,
): AsyncGenerator<ModelEvent> {
  const failures: { readonly name: string; readonly error: LlmError }[] = [];
  for (const [index, model] of models.entries()) {
    const isLast = index === models.length - 1;
    const controller = new AbortController();
    const signal = request.signal ? AbortSignal.any([request.signal, controller.signal]) : controller.signal;
    let hasTold = false;
    let isSilent = false;
    const timer =
      options.silenceMs === undefined || isLast
        ? undefined
        : clock.setTimer(options.silenceMs, () => {
            isSilent = true;
            controller.abort();
          });
    const onAbort = (): void => timer?.cancel();
    request.signal?.addEventListener("abort", onAbort, { once: true });
    const settle = options.onAsk?.(model);
    let failed = false;
    try {
      for await (const event of model.stream({ ...request, signal })) {
        if (!hasTold && !isSilent && (isTold(event) || event.kind === "done")) {
          hasTold = true;
          timer?.cancel();
          if (event.kind !== "done" || event.stopReason !== "cancelled") options.onFirst?.(model);
        }
        if (isSilent && !hasTold) {
          if (event.kind !== "done") continue;
          throw new LlmError("stalled", `The model ${model.name} said nothing for ${options.silenceMs} ms.`);
        }
        // Before it is told: whoever hears the end may look how the model stands at once.
        if (event.kind === "done") settle?.({ failed: false });
        yield event;
      }
      return;
    } catch (thrown) {
      failed = true;
      if (hasTold || !(thrown instanceof LlmError) || request.signal?.aborted) throw thrown;
      failures.push({ name: model.name, error: thrown });
    } finally {
      timer?.cancel();
      request.signal?.removeEventListener("abort", onAbort);
      settle?.({ failed });
    }
  }
  throw toOneError(failures);
}

function toOneError(failures: readonly { readonly name: string; readonly error: LlmError }[]): LlmError {
  const [first] = failures;
  if (first === undefined) return new LlmError("model_unavailable", "There is no model to ask. Configure one.");
  if (failures.length === 1) return first.error;
  const codes = new Set(failures.map(({ error }) => error.code));
  const waits = failures.flatMap(({ error }) => error.retryAfterMs ?? []);
  const told = failures.map(({ name, error }) => `${name}: ${error.code}`).join(", ");
  return new LlmError(
    codes.size === 1 ? first.error.code : "model_unavailable",
    `No model answered (${told}). Ask again later, or look at each.`,
    { retryAfterMs: waits.length === 0 ? undefined : Math.min(...waits), cause: failures.at(-1)?.error },
  );
}
