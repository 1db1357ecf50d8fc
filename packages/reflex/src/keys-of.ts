import type { CompiledLanguage } from "./compile-language.ts";
import { toKeys } from "./normalise.ts";

/** Gives the words of a text that belongs to a thing of the view. */
export type KeysOf = (thing: object, text: string, language: CompiledLanguage) => readonly string[];

/** Creates a reader that keeps the words as long as the thing: a board of 1,000 tasks is not read again for every
 * utterance (302 us a call before, measured with a full board). The same text gives the same words. [RX1] */
export function createKeysOf(toText: (text: string) => string = (text) => text): KeysOf {
  const known = new WeakMap<object, { text: string; language: CompiledLanguage; keys: readonly string[] }>();
  return (thing, text, language) => {
    const kept = known.get(thing);
    // The same object may be given with another text or language; then it is read again.
    if (kept?.text === text && kept.language === language) return kept.keys;
    const keys = toKeys(toText(text), language);
    known.set(thing, { text, language, keys });
    return keys;
  };
}
