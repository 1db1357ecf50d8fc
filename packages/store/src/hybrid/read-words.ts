import { irregularForms } from "./irregular-forms.ts";
import { porterStem } from "./porter-stem.ts";

/** Where a word points among the directions of the local embedder, and how far. */
export interface Features {
  readonly places: Uint8Array;
  readonly shares: Float32Array;
}

/** One word of a text as search sees it; the same object wherever it stands. */
export interface Word {
  /** Lower case, without accents. */
  readonly text: string;
  /** The stem of its base form: equal for `went` and `going`. */
  readonly stem: string;
  /** Its hashed features, once the local embedder has made them. */
  features?: Features;
  /** True for words that carry grammar and nothing of what is looked for. */
  readonly isGrammar: boolean;
}

const grammar = new Set(
  (
    "a about after am an and any are as at be been before being both but by can could did do does doing during for from had " +
    "has have having he her him his how i if in into is it its just me my no not of on or our really she should since so " +
    "some than that the their them then there these they this those to also us very was we were what when where which " +
    "while who whom whose why will with would you your im ive ill id dont didnt cant wont isnt wasnt arent thats lets"
  ).split(" "),
);

const maxKnown = 50_000;
const known = new Map<string, Word>();

/** Splits any text into its words, in order; reads at most `maxChars` characters of it.
 *
 * What follows an apostrophe at the end of a word ('s, 're, n't aside) belongs to grammar and is dropped. */
export function readWords(text: string, maxChars: number): readonly Word[] {
  const plain = text
    .slice(0, maxChars)
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "")
    .replaceAll(/['’](?:s|re|ve|ll|d|m|t)(?![\p{L}\p{N}])/gu, "");
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length <= 64).map((word) => wordOf(word));
}

function wordOf(text: string): Word {
  const present = known.get(text);
  if (present !== undefined) return present;
  const word: Word = { text, stem: porterStem(irregularForms(text)[0] ?? text), isGrammar: grammar.has(text) };
  // A language has fewer words than this; ids and numbers would fill the map for ever.
  if (known.size >= maxKnown) known.clear();
  known.set(text, word);
  return word;
}
