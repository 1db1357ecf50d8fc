import type { Clock } from "@kingly/runtime";
import { LlmError } from "../llm-error.ts";
import type { Usage } from "../model.ts";
import { costOf, knownPrices } from "./prices.ts";
import type { PriceTable } from "./prices.ts";

/** Limits of tokens (input and output together) and of money; what is not named is not limited. */
export interface BudgetLimit {
  readonly maxTokens?: number;
  /** In the currency of the prices. */
  readonly maxMoney?: number;
}

/** What may be spent. */
export interface BudgetOptions {
  /** For any `windowMs` that lie behind us. @default none */
  readonly window?: BudgetLimit & { readonly windowMs: number };
  readonly perRequest?: BudgetLimit;
  /** @default the known prices */
  readonly prices?: PriceTable;
}

/** Tokens and money. */
export interface Spending {
  readonly tokens: number;
  readonly money: number;
}

/** What is spent now, and what is promised to requests that still run. */
export interface BudgetState {
  readonly spent: Spending;
  readonly reserved: Spending;
  /** The table's currency and day. */
  readonly currency: string;
  readonly pricesAsOf: string;
}

/** A budget, which several models may share. */
export interface Budget {
  /** Puts the most that a request can cost aside, or throws `budget_exceeded`. Settle it once, with what it did cost. */
  reserve(model: string, most: Usage): { settle(usage: Usage): void };
  state(): BudgetState;
}

// A window is kept in so many parts; a part counts until all of it is too old.
const windowParts = 60;

/** Creates a budget: nothing is asked whose worst case does not fit any more, so it is never overspent. [L27]
 *
 * It lives in memory. With a limit of money a model without a price is refused. */
export function createBudget(deps: { readonly clock: Clock }, options: BudgetOptions): Budget {
  const { window, perRequest = {}, prices = knownPrices } = options;
  const partMs = window === undefined ? Infinity : window.windowMs / windowParts;
  const parts: { readonly startsAtMs: number; tokens: number; money: number }[] = [];
  const reserved = { tokens: 0, money: 0 };
  const limitsMoney = window?.maxMoney !== undefined || perRequest.maxMoney !== undefined;

  const spent = (): Spending => {
    const nowMs = deps.clock.monotonicMs();
    while (parts[0] !== undefined && parts[0].startsAtMs + partMs + (window?.windowMs ?? 0) <= nowMs) parts.shift();
    return parts.reduce((sum, { tokens, money }) => ({ tokens: sum.tokens + tokens, money: sum.money + money }), zero);
  };
  const spend = ({ tokens, money }: Spending): void => {
    if (window === undefined) return;
    const nowMs = deps.clock.monotonicMs();
    const last = parts.at(-1);
    if (last !== undefined && nowMs < last.startsAtMs + partMs) {
      last.tokens += tokens;
      last.money += money;
    } else parts.push({ startsAtMs: nowMs, tokens, money });
  };
  const toSpending = (model: string, usage: Usage): Spending => {
    const money = costOf(model, usage, prices);
    if (money === undefined && limitsMoney) {
      const message = `The model ${model} has no price, and the budget limits money. Add its price, 0 for a free one.`;
      throw new LlmError("budget_exceeded", message);
    }
    return { tokens: usage.inputTokens + usage.outputTokens, money: money ?? 0 };
  };
  /** Milliseconds until so much more is free; undefined when it never will be. */
  const freeAfterMs = (fits: (left: Spending) => boolean): number | undefined => {
    let left = spent();
    for (const part of parts) {
      left = { tokens: left.tokens - part.tokens, money: left.money - part.money };
      const freeAtMs = part.startsAtMs + partMs + (window?.windowMs ?? 0);
      if (fits(left)) return Math.max(0, freeAtMs - deps.clock.monotonicMs());
    }
    return undefined;
  };

  return {
    reserve(model, usage) {
      // A cache may also cost: the dearest way to read the input counts.
      const most = dearest(
        toSpending(model, usage),
        toSpending(model, { ...usage, cacheWriteTokens: usage.inputTokens }),
      );
      if (isOver(most, perRequest)) throw refuse(model, "one request");
      const fits = (left: Spending): boolean => !isOver(add(left, reserved, most), window ?? {});
      if (!fits(spent())) throw refuse(model, `${window?.windowMs ?? 0} ms`, freeAfterMs(fits));
      reserved.tokens += most.tokens;
      reserved.money += most.money;
      let isSettled = false;
      return {
        settle(counted) {
          if (isSettled) return;
          isSettled = true;
          reserved.tokens -= most.tokens;
          // Sums of fractions must come back to nothing.
          reserved.money = reserved.tokens === 0 ? 0 : reserved.money - most.money;
          spend(toSpending(model, counted));
        },
      };
    },
    state: () => ({
      spent: spent(),
      reserved: { ...reserved },
      currency: prices.currency,
      pricesAsOf: prices.asOf,
    }),
  };
}

const zero: Spending = { tokens: 0, money: 0 };

function add(...all: readonly Spending[]): Spending {
  return all.reduce((sum, { tokens, money }) => ({ tokens: sum.tokens + tokens, money: sum.money + money }), zero);
}

function dearest(one: Spending, other: Spending): Spending {
  return one.money >= other.money ? one : other;
}

function isOver({ tokens, money }: Spending, { maxTokens = Infinity, maxMoney = Infinity }: BudgetLimit): boolean {
  return tokens > maxTokens || money > maxMoney;
}

function refuse(model: string, what: string, retryAfterMs?: number): LlmError {
  const message = `The model ${model} is not asked: the budget for ${what} does not allow it. Ask for less, wait, or raise it.`;
  return new LlmError("budget_exceeded", message, { retryAfterMs });
}
