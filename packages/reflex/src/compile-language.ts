import { compileCues } from "./compile-cues.ts";
import type { CompiledCues } from "./compile-cues.ts";
import type { Language, LanguagePhrases, LanguageWords } from "./language.ts";
import { createPhraseBook } from "./phrase.ts";
import type { PhraseBook } from "./phrase.ts";

/** A language made ready once: word lists as sets, phrases as books. */
export interface CompiledLanguage {
  readonly language: Language;
  readonly sets: Readonly<Record<keyof LanguageWords, ReadonlySet<string>>>;
  readonly books: Readonly<Record<keyof LanguagePhrases, PhraseBook>>;
  readonly cues: CompiledCues;
  readonly contractions: ReadonlyMap<string, readonly string[]>;
}

/** Makes a language ready. Costs about a millisecond; do it once, not per utterance. */
export function compileLanguage(language: Language): CompiledLanguage {
  const { words, phrases } = language;
  const lists: Readonly<Record<string, readonly string[]>> = { ...words };
  return {
    language,
    sets: mapValues(words, (list) => new Set(list)),
    books: mapValues(phrases, (templates) => createPhraseBook(templates, lists)),
    cues: compileCues(language.cues),
    contractions: new Map(Object.entries(language.contractions)),
  };
}

function mapValues<Key extends string, From, To>(
  from: Readonly<Record<Key, From>>,
  change: (value: From) => To,
): Readonly<Record<Key, To>> {
  const entries = (Object.keys(from) as Key[]).map((key) => [key, change(from[key])] as const);
  return Object.fromEntries(entries) as Record<Key, To>;
}
