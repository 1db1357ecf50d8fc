import type { CompiledLanguage } from "./compile-language.ts";

/** An utterance in parts, each a wish or question of its own; one part when it is not to be split. */
export interface Parts {
  readonly parts: readonly string[];
  /** True when it has several sentences, or an "also": then the whole is no single wish. */
  readonly mustSplit: boolean;
}

/** Splits an utterance at the ends of sentences, at "also", and at an "and" behind which a new wish begins. [RX23]
 *
 * An abbreviation ends no sentence. The parts are the person's own words; a title keeps its "and" when no verb follows. */
export function splitWishes(text: string, language: CompiledLanguage): Parts {
  const sentences = splitSentences(text, language);
  const parts = sentences.flatMap((sentence) => splitAtAlso(sentence, language));
  const wishes = parts.flatMap((part) => splitAtAnd(part, language));
  return { parts: wishes, mustSplit: parts.length > 1 };
}

function splitSentences(text: string, { sets }: CompiledLanguage): readonly string[] {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  // Most utterances are one sentence: no sign that ends one has anything behind it.
  if (!/[.!?…]\s/u.test(text)) return [words.join(" ")];
  const sentences: string[][] = [[]];
  for (const [index, word] of words.entries()) {
    sentences.at(-1)?.push(word);
    const bare = word.toLowerCase().replace(/[.!?…]+$/u, "");
    const ends = /[.!?…]$/u.test(word) && /[\p{L}\p{N}]/u.test(bare);
    const isShort = word.endsWith(".") && (sets.abbreviations.has(bare) || /^\p{L}$/u.test(bare));
    if (ends && !isShort && index < words.length - 1) sentences.push([]);
  }
  return sentences.map((sentence) => sentence.join(" "));
}

const comma = /[,]$/u;

/** Splits before "also" and "and also", with or without a comma, when words stand on both sides. */
function splitAtAlso(sentence: string, { sets }: CompiledLanguage): readonly string[] {
  const words = sentence.split(" ");
  for (const [index, word] of words.entries()) {
    const key = (word.endsWith(",") ? word.slice(0, -1) : word).toLowerCase();
    if (index === 0 || index >= words.length - 1 || !sets.alsoWords.has(key)) continue;
    const joined = sets.joining.has(words[index - 1]?.toLowerCase() ?? "");
    const before = words
      .slice(0, joined ? index - 1 : index)
      .join(" ")
      .replace(comma, "");
    // "What did I also say" has its "also" within a clause: a comma, an "and" or a new wish must show the cut.
    const isCut = joined || comma.test(words[index - 1] ?? "") || sets.starters.has(keyOf(words[index + 1]));
    if (isCut && before !== "") return [before, words.slice(index + 1).join(" ")];
  }
  return [sentence];
}

/** Splits at an "and", or at a comma and an "and", behind which a verb of wishing or a question word stands. */
function splitAtAnd(part: string, language: CompiledLanguage): readonly string[] {
  const { sets } = language;
  const words = part.split(" ");
  for (let index = 1; index < words.length - 1; index += 1) {
    const word = keyOf(words[index]);
    if (!sets.joining.has(word) || !sets.starters.has(keyOf(words[index + 1]))) continue;
    const before = words.slice(0, index).join(" ").replace(comma, "");
    return [before, ...splitAtAnd(words.slice(index + 1).join(" "), language)];
  }
  return [part];
}

const plain = /^[a-z]*$/;

function keyOf(word: string | undefined): string {
  const key = (word ?? "").toLowerCase();
  return plain.test(key) ? key : key.replace(/[^\p{L}\p{N}'-]/gu, "").replace(/'s$/u, "");
}
