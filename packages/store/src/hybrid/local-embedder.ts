import { readWords } from "./read-words.ts";
import type { Features, Word } from "./read-words.ts";

/** The embedder that needs no model: words, and the triples of letters in them, hashed into 256 directions.
 *
 * It knows how words are spelled and nothing of what they mean: `photograph` is near `photography`, and `car` is as far
 * from `vehicle` as from `soup`. */
export const localEmbedder: {
  readonly id: string;
  readonly dims: number;
  embedOne(text: string, weightOf?: (stem: string) => number): Float32Array;
  embedWords(words: readonly Word[], weightOf?: (stem: string) => number): Float32Array;
} = {
  id: "local-hash-256",
  dims: 256,
  embedOne: (text, weightOf) => localEmbedder.embedWords(readWords(text, 8000), weightOf),
  embedWords(words, weightOf = () => 1) {
    const vector = new Float32Array(256);
    for (const word of words) {
      if (word.isGrammar) continue;
      const weight = weightOf(word.stem);
      const { places, shares } = featuresOf(word);
      for (let at = 0; at < places.length; at += 1) {
        const place = places[at] ?? 0;
        vector[place] = (vector[place] ?? 0) + weight * (shares[at] ?? 0);
      }
    }
    return toUnit(vector);
  },
};

/** Creates a measure of how alike texts are to one vector: the cosine, but for words whose features fall together.
 *
 * What a word adds to the product is worked out once; the vectors of the texts are never made. */
export function createSpellingMeasure(vector: Float32Array): (words: readonly Word[]) => number {
  const adds = new Map<Word, number>();
  const addOf = (word: Word): number => {
    const { places, shares } = featuresOf(word);
    let sum = 0;
    for (let at = 0; at < places.length; at += 1) sum += (vector[places[at] ?? 0] ?? 0) * (shares[at] ?? 0);
    adds.set(word, sum);
    return sum;
  };
  return (words) => {
    let sum = 0;
    let count = 0;
    for (const word of words) {
      if (word.isGrammar) continue;
      sum += adds.get(word) ?? addOf(word);
      count += 1;
    }
    return count === 0 ? 0 : sum / Math.sqrt(count * wordLength);
  };
}

/** Scales a vector to length 1, in place; a vector of nothing but zeros stays. */
export function toUnit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum > 0) {
    const length = Math.sqrt(sum);
    for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) / length;
  }
  return vector;
}

const lettersShare = 1;
/** The length of what one word adds, squared: its stem, and its letters together. */
const wordLength = 1 + lettersShare ** 2;

function featuresOf(word: Word): Features {
  if (word.features !== undefined) return word.features;
  const edged = `^${word.text}$`;
  const triples = new Set<string>();
  for (let at = 0; at + 3 <= edged.length; at += 1) triples.add(edged.slice(at, at + 3));
  const hashes = [hash(`w${word.stem}`), ...Array.from(triples, (triple) => hash(`g${triple}`))];
  const share = lettersShare / Math.sqrt(triples.size);
  word.features = {
    places: Uint8Array.from(hashes, (value) => (value >>> 1) & 255),
    shares: Float32Array.from(hashes, (value, at) => (value & 1 ? 1 : -1) * (at === 0 ? 1 : share)),
  };
  return word.features;
}

/** FNV-1a with its bits mixed once more: neighbouring words must not fall on neighbouring places. */
function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  value = Math.imul(value ^ (value >>> 15), 0x85_eb_ca_6b);
  return (value ^ (value >>> 13)) >>> 0;
}
