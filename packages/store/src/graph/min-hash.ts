const permutations = 32;
const rowsPerBand = 4;

/** How many bands a name has: two names of Jaccard 0.9 share at least one with a chance of 0.9998. */
export const bandCount: number = permutations / rowsPerBand;

// The permutations are fixed for ever: bands of them stand in files.
const seeds = Array.from({ length: permutations }, (_, index) => mix(Math.imul(index + 1, 0x9e3779b9)));

/** Returns the three-letter pieces of a text, each once; a text of less is its own piece. */
export function threeGrams(text: string): ReadonlySet<string> {
  if (text.length <= 3) return new Set([text]);
  return new Set(Array.from({ length: text.length - 2 }, (_, start) => text.slice(start, start + 3)));
}

/** Returns the share of pieces that two sets have in common, from 0 to 1. */
export function jaccard(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let common = 0;
  for (const piece of left) if (right.has(piece)) common += 1;
  const all = left.size + right.size - common;
  return all === 0 ? 1 : common / all;
}

/** Returns one number for each of the eight bands of a MinHash signature, whole and from 0 to 2^32 - 1. [S52]
 *
 * The same pieces give the same bands on every machine, today and later. */
export function minHashBands(grams: ReadonlySet<string>): readonly number[] {
  const least = Array.from({ length: permutations }, () => 0xffffffff);
  for (const gram of grams) {
    const hash = hashText(gram);
    for (let index = 0; index < permutations; index += 1) {
      const value = mix(hash ^ (seeds[index] as number));
      if (value < (least[index] as number)) least[index] = value;
    }
  }
  return Array.from({ length: bandCount }, (_, band) =>
    least.slice(band * rowsPerBand, (band + 1) * rowsPerBand).reduce((hash, value) => mix(hash ^ value), 0),
  );
}

/** Returns a whole number from 0 to 2^32 - 1 that equal texts share: FNV-1a over UTF-16, spread. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** Spreads the bits of a 32-bit number; a different number for each different one. */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
