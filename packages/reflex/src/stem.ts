import type { CompiledLanguage } from "./compile-language.ts";

/** Returns the word without a common ending, at least three characters: "preferences" and "prefer" meet. */
export function stem(word: string, language: CompiledLanguage): string {
  for (const ending of language.language.endings) {
    if (word.length >= ending.length + 3 && word.endsWith(ending)) return word.slice(0, -ending.length);
  }
  return word;
}

/** Returns a test whether a word that a person used means a word of a title or a memory: the same stem, or, from four
 * characters on, its beginning ("auth" means "authentication"). */
export function meaningOf(asked: string, language: CompiledLanguage): (known: string) => boolean {
  const askedStem = stem(asked, language);
  const mayBegin = askedStem.length >= 4;
  return (known) => (mayBegin && known.startsWith(askedStem)) || askedStem === stem(known, language);
}
