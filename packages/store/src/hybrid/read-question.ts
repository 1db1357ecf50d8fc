import { irregularForms } from "./irregular-forms.ts";
import { readNamedTime } from "./time-expression.ts";
import type { NamedTime } from "./time-expression.ts";
import { readWords } from "./read-words.ts";

/** One thing that a question looks for. */
export interface Term {
  /** The word as it was said, lower case, without accents. */
  readonly text: string;
  readonly stem: string;
  /** The word and its irregular forms, quoted and joined with OR: the only form in which words enter MATCH. */
  readonly match: string;
}

/** A question as hybrid search reads it. */
export interface Question {
  readonly text: string;
  /** Each stem once, in order; without grammar words, unless there is nothing else. */
  readonly terms: readonly Term[];
  /** All words, grammar too. */
  readonly words: ReadonlySet<string>;
  /** True when the answer is a time. */
  readonly asksWhen: boolean;
  readonly time: NamedTime | undefined;
}

const maxChars = 2000;
const maxTerms = 24;

/** Reads any text as a question. Half surrogate pairs, NUL and signs of query languages do no harm: only words are left. */
export function readQuestion(text: string, nowMs: number): Question {
  const short = text.slice(0, maxChars);
  const words = readWords(short, maxChars);
  const telling = words.filter(({ isGrammar }) => !isGrammar);
  const terms = new Map<string, Term>();
  for (const { text: word, stem } of telling.length > 0 ? telling : words) {
    if (terms.size < maxTerms && !terms.has(stem)) terms.set(stem, { text: word, stem, match: matchOf(word) });
  }
  return {
    text: short,
    terms: [...terms.values()],
    words: new Set(words.map(({ text: word }) => word)),
    asksWhen: /\b(?:when|how long|how old|(?:what|which) (?:date|day|week|month|year|time))\b/i.test(short),
    time: readNamedTime(short, nowMs),
  };
}

function matchOf(word: string): string {
  return [...new Set([word, ...irregularForms(word)])].map((form) => `"${form}"`).join(" OR ");
}
