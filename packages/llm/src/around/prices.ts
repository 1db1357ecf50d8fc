import type { Usage } from "../model.ts";
import known from "./prices.json" with { type: "json" };

/** What a model costs, in the table's currency for a million tokens. */
export interface ModelPrice {
  /** As `Model.name`. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
  /** For input read from a cache. @default as input */
  readonly cacheRead?: number;
  /** For input written to a cache for 5 minutes. @default twice the input */
  readonly cacheWrite?: number;
  /** Prices of a request with more input than this; of what is not named, the share of the input's price stays. */
  readonly above?: { readonly inputTokens: number; readonly input: number; readonly output: number };
}

/** Prices as they were on a day. */
export interface PriceTable {
  /** The day, as YYYY-MM-DD. */
  readonly asOf: string;
  readonly currency: string;
  readonly models: readonly ModelPrice[];
}

/** The prices that are known here, with their day; they change without notice. Replace or extend them freely. [L25] */
export const knownPrices: PriceTable = known;

/** Gives a table with these prices before its own. */
export function withPrices(prices: readonly ModelPrice[], table: PriceTable = knownPrices): PriceTable {
  return { ...table, models: [...prices, ...table.models] };
}

/** Gives what a count costs, in the table's currency; undefined for a model that has no price there. [L25] */
export function costOf(model: string, usage: Usage, table: PriceTable = knownPrices): number | undefined {
  const price = table.models.find((entry) => entry.model === model);
  if (price === undefined) return undefined;
  const above = price.above !== undefined && usage.inputTokens > price.above.inputTokens ? price.above : undefined;
  const { input, output } = above ?? price;
  // A price of zero has no share.
  const share = price.input === 0 ? 1 : input / price.input;
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const plain = Math.max(0, usage.inputTokens - cached - written);
  const sum =
    plain * input +
    cached * (price.cacheRead ?? price.input) * share +
    written * (price.cacheWrite ?? price.input * 2) * share +
    usage.outputTokens * output;
  return sum / 1_000_000;
}
