/** Is told each feature of a text: its bucket, and the words that it stands for, as their places. */
export type OnFeature = (bucket: number, kind: FeatureKind, from: number, until: number) => void;

/** What a feature is: words in order, letters within a word, the edge of the utterance, its shape, or a label whose cue
 * stands in it. */
export type FeatureKind = "words" | "letters" | "first" | "last" | "pair" | "shape" | "cue";

const offset = 0x811c9dc5;
const prime = 0x01000193;
const longestLetters = 5;
// Whole words weigh as much as several of their letters, and a cue as much as several words.
const wordCopies = 2;
const cueCopies = 6;

/** Cuts the words of an utterance into hashed features: n-grams of 1 to 3 words, pairs one apart, n-grams of 3 to 5 letters
 * within a word and its edges, the first and last words, the length, and the labels whose cues stand there.
 *
 * `bits` is the number of bits of a bucket. Words are compared as they come: lower case, contractions taken apart. For
 * `letters`, `from` is the word; for a cue it is the place in `cued`; for all others words are counted. [RX18] */
export function eachFeature(
  words: readonly string[],
  cued: readonly string[],
  bits: number,
  onFeature: OnFeature,
): void {
  const shift = 32 - bits;
  const emit = (hash: number, id: number, copies: number, kind: FeatureKind, from: number, until: number): void => {
    for (let copy = 0; copy < copies; copy += 1) onFeature(spread(hash, id + 32 * copy) >>> shift, kind, from, until);
  };
  const read = words.map(readWord);
  const count = words.length;
  for (let at = 0; at < count; at += 1) {
    const word = read[at];
    if (word === undefined) continue;
    emit(word.hash, 1, wordCopies, "words", at, at + 1);
    const next = read[at + 1];
    if (next !== undefined) {
      const two = join(word.hash, next.hash);
      emit(two, 2, wordCopies, "words", at, at + 2);
      const last = read[at + 2];
      if (last !== undefined) {
        emit(join(two, last.hash), 3, wordCopies, "words", at, at + 3);
        emit(join(word.hash, last.hash), 4, wordCopies, "pair", at, at + 3);
      }
    }
    for (const hash of word.letters) onFeature(hash >>> shift, "letters", at, at + 1);
  }
  const [first, second] = read;
  emit(first?.hash ?? 0, 5, wordCopies, "first", 0, 1);
  emit(join(first?.hash ?? 0, second?.hash ?? 0), 6, wordCopies, "first", 0, 2);
  emit(read.at(-1)?.hash ?? 0, 7, wordCopies, "last", count - 1, count);
  emit(Math.min(count, 12), 8, 1, "shape", 0, count);
  cued.forEach((label, at) => emit(readWord(label).hash, 9, cueCopies, "cue", at, at + 1));
}

interface Word {
  readonly hash: number;
  readonly letters: Uint32Array;
}

// People use the same words over and over; what was read of one is kept. Beyond this many, reading begins again.
const mostWords = 4096;
const known = new Map<string, Word>();

function readWord(text: string): Word {
  const kept = known.get(text);
  if (kept !== undefined) return kept;
  const word = { hash: hashOf(text), letters: Uint32Array.from(lettersOf(text)) };
  if (known.size >= mostWords) known.clear();
  known.set(text, word);
  return word;
}

function lettersOf(text: string): readonly number[] {
  const padded = `_${text}_`;
  const hashes: number[] = [];
  for (let from = 0; from < padded.length - 2; from += 1) {
    let hash = offset;
    for (let until = from; until < padded.length && until < from + longestLetters; until += 1) {
      hash = Math.imul(hash ^ padded.charCodeAt(until), prime);
      const length = until - from + 1;
      if (length >= 3 && length < padded.length) hashes.push(spread(hash, 16 + length));
    }
  }
  return hashes;
}

function hashOf(text: string): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), prime);
  return hash;
}

function join(first: number, second: number): number {
  return Math.imul(Math.imul(first, 0x2c1b3c6d) ^ second, prime);
}

/** Spreads a hash evenly over 32 bits; FNV alone does not. */
function spread(hash: number, id: number): number {
  let mixed = Math.imul(hash ^ Math.imul(id, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
