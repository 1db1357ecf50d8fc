import type { Embedder } from "../hybrid/embedder.ts";
import { toUnit } from "../hybrid/local-embedder.ts";
import { readWords } from "../hybrid/read-words.ts";
import { commonDirection, takeOut } from "./common-direction.ts";

/** What is known of single words. */
export interface WordVectors {
  /** The vector of a word in lower case and without accents; undefined for a word that is not known. */
  vectorOf(word: string): ArrayLike<number> | undefined;
  /** How often the word is said, 0 to 1 of all words: frequent ones count less. @default 0 for each */
  readonly shareOf?: (word: string) => number;
}

/** Which words are known, and how their vectors become one. */
export interface WordVectorEmbedderOptions {
  /** Names the vectors in the id, 1 to 80 characters. Other vectors need another name. */
  readonly name: string;
  /** Length of the vector of a word, 1 to 4,096; filled up with zeros to a multiple of 32. */
  readonly dims: number;
  /** Brings the words when the first text comes; a failed load is tried again with the next one. */
  readonly load: () => WordVectors | Promise<WordVectors>;
  /** A word said with share p counts a / (a + p); more than 0. @default 0.001 */
  readonly smoothing?: number;
  /** Texts of the kind to be searched, 0 or at least 8: what all of them have in common is taken out. @default none */
  readonly sample?: readonly string[];
}

const maxChars = 8000;

/** Creates an embedder from vectors of words: no key, no server, no model that runs. [S84]
 *
 * A text is the mean of its words, frequent words less (smooth inverse frequency), of length 1; grammar words and words that
 * are not known count nothing. A text without a known word gets zeros, and is like nothing. Rejects when `load` does, and
 * for a vector of another length. The id holds name, dims and a hash of the other options. */
export function createWordVectorEmbedder(options: WordVectorEmbedderOptions): Embedder {
  const { name, dims: length, load, smoothing = 0.001, sample = [] } = options;
  if (!Number.isInteger(length) || length < 1 || length > 4096)
    throw new RangeError(`dims is ${length}; expected a whole number from 1 to 4096.`);
  if (!(smoothing > 0 && smoothing < Number.POSITIVE_INFINITY))
    throw new RangeError(`smoothing is ${smoothing}; expected a finite number more than 0.`);
  if (sample.length > 0 && sample.length < 8)
    throw new RangeError(`sample has ${sample.length} texts; expected none, or at least 8.`);
  const dims = Math.max(32, Math.ceil(length / 32) * 32);

  const pool = (words: WordVectors, text: string): Float32Array => {
    const sum = new Float32Array(dims);
    for (const { text: word, isGrammar } of readWords(text, maxChars)) {
      const vector = isGrammar ? undefined : words.vectorOf(word);
      if (vector === undefined) continue;
      if (vector.length !== length)
        throw new Error(`${name} has a vector of ${vector.length} numbers for “${word}”; expected ${length}.`);
      const weight = smoothing / (smoothing + (words.shareOf?.(word) ?? 0));
      for (let at = 0; at < length; at += 1) sum[at] = (sum[at] ?? 0) + weight * (vector[at] ?? 0);
    }
    return toUnit(sum);
  };
  let opened: Promise<(text: string) => Float32Array> | undefined;
  const open = (): Promise<(text: string) => Float32Array> => {
    opened ??= (async () => {
      const words = await load();
      if (sample.length === 0) return (text: string) => pool(words, text);
      const common = commonDirection(sample.map((text) => pool(words, text)));
      return (text: string) => toUnit(takeOut(common, pool(words, text)));
    })();
    opened.catch(() => void (opened = undefined));
    return opened;
  };
  return {
    id: `words:${name}:${length}:${hash(JSON.stringify([smoothing, sample]))}`,
    dims,
    async embed(texts) {
      if (texts.length === 0) return [];
      const embedOne = await open();
      return texts.map((text) => embedOne(text));
    },
  };
}

/** FNV-1a, in base 36. */
function hash(text: string): string {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  return (value >>> 0).toString(36);
}
