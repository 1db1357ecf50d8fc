import type { CompiledLanguage } from "../compile-language.ts";
import { toKeys } from "../normalise.ts";

/** Returns the words of an utterance as the classifier compares them: numbers are one word, the assistant's name none. */
export function classifierWords(text: string, language: CompiledLanguage): readonly string[] {
  const { names } = language.sets;
  return toKeys(text, language)
    .filter((word) => !names.has(word))
    .map((word) => (/^\p{N}+$/u.test(word) ? "0" : word));
}
