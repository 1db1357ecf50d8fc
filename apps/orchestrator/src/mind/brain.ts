import type { BreakerModel } from "@kingly/llm";
import type { Purpose } from "./purpose.ts";

/** A model of the back, with what it may be asked for and what it may cost. */
export interface Brain {
  readonly name: string;
  readonly provider: string;
  readonly modelName: string;
  readonly model: BreakerModel;
  /** Undefined: everything. */
  readonly purposes: ReadonlySet<Purpose> | undefined;
  readonly maxTokensPerDay: number | undefined;
  readonly maxUsdPerDay: number | undefined;
  /** US dollars for a million tokens; undefined: as the price list says. */
  readonly price: { readonly input: number; readonly output: number } | undefined;
}
