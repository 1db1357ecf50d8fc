import { doubtful } from "../candidate.ts";
import type { Candidate, ReadIntent } from "../candidate.ts";
import type { CompiledLanguage } from "../compile-language.ts";
import { confidence } from "../confidence.ts";
import { memoryKey } from "../memory-key.ts";
import { trimPunctuation } from "../title.ts";
import { tokensToText } from "../token.ts";
import type { Token } from "../token.ts";

/** Reads the wish to have something remembered: "remember that I prefer dark mode". [RX9]
 *
 * The value is the sentence as it was said, without its beginning. "Remember this" alone is asked back. */
export const readRemember: ReadIntent = ({ heard, language }) => {
  const { books, sets } = language;
  const { replies } = language.language;
  const intent = "remember";
  if (books.rememberBare.match(heard.tokens) !== undefined) {
    return { intent, confidence: confidence.clear, text: replies.askMemory, why: "remember: nothing said to remember" };
  }
  const stated = books.remember.match(heard.tokens)?.slots["value"];
  // `whole`, because "just so you know" begins with words that are otherwise only polite.
  const mine = books.rememberMine.match(heard.tokens) ?? books.rememberMine.match(heard.whole);
  const value = stated ?? mine?.slots["value"];
  const first = value?.[0];
  if (value === undefined || first === undefined) return undefined;
  if (stated === undefined && !sets.mine.has(first.key)) return undefined;
  const text = trimPunctuation(tokensToText(value));
  const why = "remember: a sentence";
  if (heard.asks) return doubtful(intent, confidence.doubtful, `${why}, but it is asked`);
  // "Remember my words", "remember me": nothing is told of it.
  const tells =
    stated !== undefined || value.length > 3 || value.some(({ key }) => sets.finite.has(key) || sets.liking.has(key));
  if (first.text === "" || (!tells && value.length < 3) || text === "" || sets.occasions.has(first.key)) {
    return doubtful(intent, confidence.doubtful, `${why}, but it recalls an occasion or points elsewhere`);
  }
  return store(value, language);
};

/** Stores words as they were said; the key is theirs unless another is given. */
export function store(words: readonly Token[], language: CompiledLanguage, key?: string): Candidate {
  const value = trimPunctuation(tokensToText(words));
  return {
    intent: "remember",
    confidence: confidence.clear,
    text: language.language.replies.remember(value),
    commands: [{ op: "memory_store", key: key ?? memoryKey(words, language), value, type: "semantic" }],
    why: "remember: a sentence",
  };
}
