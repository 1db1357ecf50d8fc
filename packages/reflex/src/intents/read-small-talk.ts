import type { ReadIntent } from "../candidate.ts";
import type { CompiledLanguage } from "../compile-language.ts";
import { confidence } from "../confidence.ts";
import type { Heard } from "../normalise.ts";

const kinds = ["greeting", "howAreYou", "whoAreYou", "thanks", "bye"] as const;

/** Reads greetings, thanks, goodbyes, "how are you" and "who are you"; answered shortly and honestly. [RX11] */
export const readSmallTalk: ReadIntent = ({ heard, language }) => {
  const kind = kinds.find((name) => isPhrase(heard, language, name));
  if (kind === undefined) return undefined;
  const text = language.language.replies[kind];
  return { intent: "small_talk", confidence: confidence.sure, text, why: `small talk: ${kind}` };
};

function isPhrase(heard: Heard, language: CompiledLanguage, name: (typeof kinds)[number]): boolean {
  const book = language.books[name];
  return book.match(heard.whole) !== undefined || book.match(heard.tokens) !== undefined;
}
