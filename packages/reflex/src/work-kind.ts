import type { CompiledLanguage } from "./compile-language.ts";
import { stem } from "./stem.ts";
import type { Token } from "./token.ts";

/** The mission's kinds of intent. */
export type IntentType = "business_growth" | "maintenance" | "learning" | "personal" | "general";

/** What kind of work words are about, and how large it is. */
export interface WorkKind {
  readonly intentType: IntentType;
  readonly complexity: "low" | "medium" | "high";
}

/** Reads kind and size of work from its words. Mending wins over learning, learning over private life, that over
 * business, and a word as it stands over a stem; a word of smallness wins over one of size; without any it is
 * `general` and `medium`. [RX7] */
export function workKind(tokens: readonly Token[], language: CompiledLanguage): WorkKind {
  const { maintenance, learning, personal, businessGrowth, low, high } = language.sets;
  const written = tokens.map((token) => token.key);
  const stems = written.map((key) => stem(key, language));
  const kinds: readonly (readonly [IntentType, ReadonlySet<string>])[] = [
    ["maintenance", maintenance],
    ["learning", learning],
    ["personal", personal],
    ["business_growth", businessGrowth],
  ];
  const kindOf = (words: readonly string[]): IntentType | undefined =>
    kinds.find(([, set]) => words.some((word) => set.has(word)))?.[0];
  const complexity = written.some((word) => low.has(word))
    ? "low"
    : written.some((word) => high.has(word))
      ? "high"
      : "medium";
  return { intentType: kindOf(written) ?? kindOf(stems) ?? "general", complexity };
}
