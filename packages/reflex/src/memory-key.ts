import type { CompiledLanguage } from "./compile-language.ts";
import { slug } from "./slug.ts";
import type { Token } from "./token.ts";

/** Names a memory by its words: `user_preference_dark_mode` for "I prefer dark mode", `user_birthday` for "my
 * birthday is 4 May", else `note_` and its telling words. The same sentence gives the same key. [RX9] */
export function memoryKey(tokens: readonly Token[], language: CompiledLanguage): string {
  const { stops, liking, mine, being } = language.sets;
  const keys = tokens.map((token) => token.key).filter((key) => key !== "");
  // A sentence of nothing but small words ("I love you") is named by all of them.
  const telling = (words: readonly string[]): readonly string[] => {
    const kept = words.filter((word) => !stops.has(word));
    return kept.length > 0 ? kept : words;
  };
  const rest = keys.slice(1);
  if (mine.has(keys[0] ?? "")) {
    const verb = rest.findIndex((key) => liking.has(key));
    // "I prefer", "I really do prefer": the verb of taste stands near the beginning.
    if (verb >= 0 && verb <= 2) return `user_preference_${slug(telling(rest.slice(verb + 1)))}`;
    const is = rest.findIndex((key) => being.has(key));
    if (is > 0) return `user_${slug(telling(rest.slice(0, is)))}`;
    return `user_${slug(telling(rest))}`;
  }
  return `note_${slug(telling(keys))}`;
}
