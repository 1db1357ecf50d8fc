/** Is told each feature of a text: its bucket, and the n-gram that it stands for. */
export type OnFeature = (bucket: number, kind: FeatureKind, from: number, until: number) => void;

/** What a feature is: words in order, letters within a word, the edge of the utterance, its shape, or a
 * label whose cue stands in it. */
export type FeatureKind = "words" | "letters" | "first" | "last" | "pair" | "shape" | "cue";

const offset = 0x811c9dc5;
const prime = 0x01000193;
const longestLetters = 5;
const cueCopies = 3;

/** Cuts the words of an utterance into hashed features: n-grams of 1 to 3 words, of 3 to 5 letters within a word and its
 * edges, its first and last words, word pairs one apart, and its length.
 *
 * `bits` is the number of bits of a bucket. Words are compared as they come: lower case, contractions taken apart. For
 * `letters`, `from` is the word; for a cue it is the place in `cued`; for all others words are counted. [RX18] */
export function eachFeature(
  words: readonly string[],
  cued: readonly string[],
  bits: number,
  onFeature: OnFeature,
): void {
  const mask = (1 << bits) - 1;
  const hashes = words.map((word) => mixIn(offset, word));
  const count = words.length;
  for (let at = 0; at < count; at += 1) {
    const one = hashes[at] ?? 0;
    onFeature(bucket(one, 1, mask), "words", at, at + 1);
    if (at + 1 < count) {
      const two = join(one, hashes[at + 1] ?? 0);
      onFeature(bucket(two, 2, mask), "words", at, at + 2);
      if (at + 2 < count) {
        const last = hashes[at + 2] ?? 0;
        onFeature(bucket(join(two, last), 3, mask), "words", at, at + 3);
        onFeature(bucket(join(one, last), 4, mask), "pair", at, at + 3);
      }
    }
    letters(words[at] ?? "", at, mask, onFeature);
  }
  onFeature(bucket(hashes[0] ?? 0, 5, mask), "first", 0, 1);
  onFeature(bucket(join(hashes[0] ?? 0, hashes[1] ?? 0), 6, mask), "first", 0, 2);
  onFeature(bucket(hashes[count - 1] ?? 0, 7, mask), "last", count - 1, count);
  onFeature(bucket(Math.min(count, 12), 8, mask), "shape", 0, count);
  cued.forEach((label, at) => {
    // A cue weighs as much as several words.
    for (let copy = 0; copy < cueCopies; copy += 1) {
      onFeature(bucket(mixIn(offset, label), 20 + copy, mask), "cue", at, at + 1);
    }
  });
}

function letters(word: string, at: number, mask: number, onFeature: OnFeature): void {
  const padded = `_${word}_`;
  for (let from = 0; from < padded.length - 2; from += 1) {
    let hash = offset;
    for (let until = from; until < padded.length && until < from + longestLetters; until += 1) {
      hash = Math.imul(hash ^ padded.charCodeAt(until), prime);
      const length = until - from + 1;
      if (length >= 3 && length < padded.length) onFeature(bucket(hash, 8 + length, mask), "letters", at, at + 1);
    }
  }
}

function mixIn(hash: number, text: string): number {
  let mixed = hash;
  for (let index = 0; index < text.length; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), prime);
  return mixed;
}

function join(first: number, second: number): number {
  return Math.imul(Math.imul(first, 0x2c1b3c6d) ^ second, prime);
}

/** Spreads a hash evenly; the low bits of FNV alone are not. */
function bucket(hash: number, kind: number, mask: number): number {
  let mixed = Math.imul(hash ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 13)) & mask;
}
