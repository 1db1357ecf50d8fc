import { estimateInputTokens } from "@kingly/llm";
import type { ModelRequest } from "@kingly/llm";
import type { DayBudget } from "./mind-settings.ts";
import type { Spent } from "./spending.ts";

/** What a question may cost at most: its input, estimated high, and an output that is held to a limit. */
export interface Most {
  readonly tokens: number;
  readonly microUsd: number;
  readonly maxOutputTokens: number;
}

/** What one token costs, in millionths of a US dollar; 0 where no price is known. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
}

/** A budget with what is spent of it, what questions that run may still cost included. */
export interface Purse {
  /** Whose it is and for how long, as the words between "what" and "is spent": "this workspace may spend in a day". */
  readonly whose: string;
  readonly budget: DayBudget;
  readonly spent: Pick<Spent, "tokens" | "microUsd">;
}

const usualOutputTokens = 16_000;
// Fewer are no answer.
const leastOutputTokens = 200;
// The estimate knows no tokenizer: what a model counts was seen to be up to half more.
const estimateFactor = 1.5;

/** Finds how much a question may cost so that no purse is overdrawn, or the purse for which even a short answer may be too
 * dear. [O42] */
export function findRoom(
  request: ModelRequest,
  price: TokenPrice,
  purses: readonly Purse[],
): { readonly most: Most } | { readonly short: Purse } {
  const inputTokens = Math.ceil(estimateInputTokens(request) * estimateFactor);
  let maxOutputTokens = request.maxOutputTokens ?? usualOutputTokens;
  const leastTokens = Math.min(leastOutputTokens, maxOutputTokens);
  for (const purse of purses) {
    const { tokens = Infinity, usd = Infinity } = purse.budget;
    const leftTokens = tokens - purse.spent.tokens - inputTokens;
    const leftMicroUsd = usd * 1e6 - purse.spent.microUsd - inputTokens * price.input;
    const forMoney = price.output > 0 ? Math.floor(leftMicroUsd / price.output) : Infinity;
    maxOutputTokens = Math.min(maxOutputTokens, leftTokens, leftMicroUsd <= 0 ? 0 : forMoney);
    if (maxOutputTokens < leastTokens) return { short: purse };
  }
  const microUsd = Math.ceil(inputTokens * price.input + maxOutputTokens * price.output);
  return { most: { tokens: inputTokens + maxOutputTokens, microUsd, maxOutputTokens } };
}
