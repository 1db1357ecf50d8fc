import { jaccard, threeGrams } from "./min-hash.ts";
import { looseNameKey, nameKey } from "./name-key.ts";

/** Why two names may mean one thing. `spelling`: alike but for marks, signs, articles, company suffixes. */
export type Likeness = "spelling" | "similar";

/** Two names that may mean one thing, and how much they share: 0.9 to 1. */
export interface NameLikeness {
  readonly reason: Likeness;
  readonly similarity: number;
}

const leastSimilarity = 0.9;
const leastEntropyBits = 1.5;
const leastLength = 6;

/** The forms of a name that are compared; made once for a name that is compared with many. */
export interface NameForms {
  readonly key: string;
  readonly loose: string;
  readonly numbers: string;
  readonly grams: ReadonlySet<string>;
}

/** Makes the forms of a name. */
export function nameForms(name: string): NameForms {
  const key = nameKey(name);
  const loose = looseNameKey(name);
  return { key, loose, numbers: numbersOf(key), grams: threeGrams(loose) };
}

/** Returns the numbers in a name, in their order: those of "room 12 b" are "12". */
export function numbersOf(key: string): string {
  return (key.match(/\p{N}+/gu) ?? []).join(" ");
}

/** Tells why two names may mean one thing; undefined when they are the same name or there is no reason. [S51]
 *
 * Names with different numbers in them ("room 12", "room 13") are never alike. */
export function compareNames(left: NameForms, right: NameForms): NameLikeness | undefined {
  if (left.key === right.key || left.numbers !== right.numbers) return undefined;
  if (left.loose === right.loose) return { reason: "spelling", similarity: 1 };
  if (!isTelling(left.loose) || !isTelling(right.loose)) return undefined;
  const similarity = jaccard(left.grams, right.grams);
  return similarity >= leastSimilarity ? { reason: "similar", similarity } : undefined;
}

/** Tells whether a name is long and varied enough for its pieces to mean something: "Anna" and "aaaaaaa" are not. [S51]
 *
 * At least 6 characters or two words, and 1.5 bits of entropy per character. */
export function isTelling(looseKey: string): boolean {
  if (looseKey.length < leastLength && !looseKey.includes(" ")) return false;
  const letters = Array.from(looseKey.replaceAll(" ", ""));
  const counts = new Map<string, number>();
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / letters.length) * Math.log2(count / letters.length);
  return bits >= leastEntropyBits;
}
