import type { Scene } from "../candidate.ts";
import { toKeys } from "../normalise.ts";

/** Returns the words of an utterance that tell what it is about: not the small words, and not those of `talk`, with which
 * people ask for this kind of thing at all. Nothing left means that nothing particular is meant. */
export function tellingRest({ heard, language }: Scene, talk: ReadonlySet<string>): readonly string[] {
  const { stops, articles, fillers, kinds, names } = language.sets;
  return toKeys(heard.text, language).filter(
    (key) =>
      !stops.has(key) &&
      !articles.has(key) &&
      !fillers.has(key) &&
      !kinds.has(key) &&
      !names.has(key) &&
      !talk.has(key),
  );
}
