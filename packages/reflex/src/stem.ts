import type { CompiledLanguage } from "./compile-language.ts";

/** Returns the word without a common ending, at least three characters: "preferences" and "prefer" meet. */
export function stem(word: string, language: CompiledLanguage): string {
  for (const ending of language.language.endings) {
    if (word.length >= ending.length + 3 && word.endsWith(ending)) return word.slice(0, -ending.length);
  }
  return word;
}

/** Tells whether a word a person used means a word of a title or a memory: the same stem, or, from four characters
 * on, its beginning ("auth" means "authentication"). */
export function meansWord(asked: string, known: string, language: CompiledLanguage): boolean {
  const askedStem = stem(asked, language);
  return askedStem === stem(known, language) || (askedStem.length >= 4 && known.startsWith(askedStem));
}
