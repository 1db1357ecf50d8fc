import { createSeededRandom } from "@kingly/runtime/testing";

/** Makes texts whose words are as unevenly frequent as in a real language. */
export interface Words {
  /** Returns `count` words, joined by spaces. */
  text(count: number): string;
  /** Returns the word of a rank; 0 is the most frequent one. */
  word(rank: number): string;
}

const vocabulary = 50_000;
const onsets = "b c d f g h j k l m n p r s t v w z br st".split(" ");
const vowels = "a e i o u".split(" ");
const codas = ["", "n", "r"];
const syllables = onsets.flatMap((onset) => vowels.flatMap((vowel) => codas.map((coda) => onset + vowel + coda)));
// Neighbours in rank share no syllable: this has no divisor in common with the number of pairs.
const stride = 48_271;

/** Creates words by Zipf's law over 50,000 of them, from a seed. */
export function createWords(seed: number): Words {
  const random = createSeededRandom(seed);
  const word = (rank: number): string => {
    const pair = (rank * stride) % (syllables.length * syllables.length);
    return `${syllables[Math.floor(pair / syllables.length)]}${syllables[pair % syllables.length]}`;
  };
  return {
    word,
    // Zipf with exponent 1: the rank is the exponential of an even chance.
    text: (count) =>
      Array.from({ length: count }, () =>
        word(Math.floor(Math.exp(random.fraction() * Math.log(vocabulary))) - 1),
      ).join(" "),
  };
}
