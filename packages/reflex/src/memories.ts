import type { CompiledLanguage } from "./compile-language.ts";
import { toKeys } from "./normalise.ts";
import { meansWord } from "./stem.ts";
import type { Token } from "./token.ts";
import type { View, ViewMemory } from "./view.ts";

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
  return latest.filter((memory) => {
    const known = [...toKeys(memory.value, language), ...toKeys(memory.key.replaceAll("_", " "), language)];
    return words.every((word) => known.some((key) => meansWord(word, key.toLowerCase(), language)));
  });
}

/** Orders memories from the latest to the oldest and keeps one of each key. */
export function latestFirst(memories: readonly ViewMemory[]): readonly ViewMemory[] {
  const seen = new Set<string>();
  return memories
    .toSorted((a, b) => b.atMs - a.atMs)
    .filter((memory) => !seen.has(memory.key) && seen.add(memory.key) !== undefined);
}
