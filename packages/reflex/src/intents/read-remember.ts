import { doubtful } from "../candidate.ts";
import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { memoryKey } from "../memory-key.ts";
import { trimPunctuation } from "../title.ts";
import { tokensToText } from "../token.ts";

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
  if (first.text === "" || text === "" || sets.occasions.has(first.key)) {
    return doubtful(intent, confidence.doubtful, `${why}, but it recalls an occasion or points elsewhere`);
  }
  return {
    intent,
    confidence: confidence.clear,
    text: replies.remember(text),
    commands: [{ op: "memory_store", key: memoryKey(value, language), value: text, type: "semantic" }],
    why,
  };
};
