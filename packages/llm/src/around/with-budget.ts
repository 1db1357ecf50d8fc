import { LlmError } from "../llm-error.ts";
import type { LlmErrorCode } from "../llm-error.ts";
import type { Model, ModelEvent, ModelRequest, Usage } from "../model.ts";
import type { Budget } from "./create-budget.ts";
import { createTokenEstimator, estimateTokens } from "./estimate-tokens.ts";
import type { TokenEstimator } from "./estimate-tokens.ts";

/** How a model spends a budget. */
export interface SpendOptions {
  /** The most tokens of output of a request that does not say. @default 4,096 */
  readonly maxOutputTokens?: number;
  /** @default one that learns from this model's counts */
  readonly estimator?: TokenEstimator;
}

// Whoever is turned away at the door has eaten nothing.
const free: ReadonlySet<LlmErrorCode> = new Set([
  "rate_limited",
  "unauthorized",
  "bad_request",
  "breaker_open",
  "budget_exceeded",
  "model_unavailable",
]);

/** Lets a model spend a budget: the estimate of the input and all of the allowed output are put aside before it is asked,
 * and settled by its count. A request that may not fit throws `budget_exceeded` and is not sent. [L27]
 *
 * Without a count, what was asked and told is estimated. Each request has an output limit from here on. */
export function withBudget(model: Model, budget: Budget, options: SpendOptions = {}): Model {
  const { maxOutputTokens: most = 4096, estimator = createTokenEstimator() } = options;
  const { name } = model;

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    if (request.signal?.aborted) {
      yield { kind: "done", stopReason: "cancelled" };
      return;
    }
    const maxOutputTokens = request.maxOutputTokens ?? most;
    const inputTokens = estimator.estimate(name, request);
    const reservation = budget.reserve(name, { inputTokens, outputTokens: maxOutputTokens });
    let counted: Usage | undefined;
    let isWhole = false;
    let isFree = false;
    let isSettled = false;
    let told = "";
    const settle = (): void => {
      if (isFree) reservation.settle({ inputTokens: 0, outputTokens: 0 });
      else if (isWhole && counted !== undefined) {
        reservation.settle(counted);
        estimator.learn(name, request, counted);
      } else {
        // A stream that broke off was not counted to its end; it cannot have had more than was allowed.
        const spoken = Math.min(maxOutputTokens, Math.ceil(estimateTokens(told) * estimator.factor(name)));
        const outputTokens = Math.max(counted?.outputTokens ?? 0, spoken);
        reservation.settle({ inputTokens, ...counted, outputTokens });
      }
    };
    try {
      for await (const event of model.stream({ ...request, maxOutputTokens })) {
        if (event.kind === "usage") counted = event;
        else if (event.kind === "text" || event.kind === "thinking") told += event.text;
        else if (event.kind === "tool_call") told += event.name + JSON.stringify(event.input);
        else {
          isWhole = event.stopReason !== "cancelled";
          // Before it is told: whoever hears the end may look at the budget at once.
          settle();
          isSettled = true;
        }
        yield event;
      }
    } catch (thrown) {
      isFree = thrown instanceof LlmError && free.has(thrown.code) && counted === undefined && told === "";
      throw thrown;
    } finally {
      if (!isSettled) settle();
    }
  }
  return { name, stream };
}
