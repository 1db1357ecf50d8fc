import type { CompiledLanguage } from "./compile-language.ts";
import { createKeysOf } from "./keys-of.ts";
import { meaningOf } from "./stem.ts";
import type { Token } from "./token.ts";
import type { View, ViewMemory } from "./view.ts";

const valueKeys = /* @__PURE__ */ createKeysOf();
const nameKeys = /* @__PURE__ */ createKeysOf((key) => key.replaceAll("_", " "));
// A frozen list cannot change, so its order need not be found again for every question; any other list is ordered anew.
const ordered = new WeakMap<readonly ViewMemory[], readonly ViewMemory[]>();

/** Returns the words of a question that can be found in a memory. */
export function tellingWords(tokens: readonly Token[], language: CompiledLanguage): readonly string[] {
  return tokens.map((token) => token.key).filter((key) => key !== "" && !language.sets.stops.has(key));
}

/** Returns the memories whose key or value has every word asked for, the latest said first. No words find nothing.
 *
 * A value said again under the same key counts once, as it was said last. */
export function findMemories(view: View, words: readonly string[], language: CompiledLanguage): readonly ViewMemory[] {
  if (words.length === 0) return [];
  const latest = latestFirst(view.memories);
  const meant = words.map((word) => {
    const means = meaningOf(word, language);
    return (key: string): boolean => means(key.toLowerCase());
  });
  return latest.filter((memory) => {
    const inValue = valueKeys(memory, memory.value, language);
    const inKey = nameKeys(memory, memory.key, language);
    return meant.every((means) => inValue.some(means) || inKey.some(means));
  });
}

/** Orders memories from the latest to the oldest and keeps one of each key. */
export function latestFirst(memories: readonly ViewMemory[]): readonly ViewMemory[] {
  const known = ordered.get(memories);
  if (known !== undefined && Object.isFrozen(memories)) return known;
  const seen = new Set<string>();
  const latest = memories
    .toSorted((a, b) => b.atMs - a.atMs)
    .filter((memory) => !seen.has(memory.key) && seen.add(memory.key) !== undefined);
  ordered.set(memories, latest);
  return latest;
}
