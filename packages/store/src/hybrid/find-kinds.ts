import type { Reader } from "../reader.ts";
import { findByTerms } from "./find-by-terms.ts";
import { readHeld } from "./held-rows.ts";
import type { HeldFilter, HeldSource } from "./held-rows.ts";
import { kindLexicon } from "./kind-lexicon.ts";
import type { Pool } from "./pool.ts";
import type { WeighedTerm } from "./read-closely.ts";
import { readWords } from "./read-words.ts";

/** By stem of a thing: the places of the terms that name a kind of it, and what it is worth for each. */
export type KindThings = ReadonlyMap<string, ReadonlyMap<number, number>>;

const maxKinds = 3;
const limits = { maxHits: 200, limit: 80 } as const;
/** A thing of the kind counts this much of the word that names the kind. */
const share = 0.65;

let known: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;

/** Returns the things of the kinds that a word with this stem names: a word for each stem. Empty when it names no kind. */
export function thingsOf(stem: string): ReadonlyMap<string, string> {
  known ??= readLexicon();
  return known.get(stem) ?? new Map();
}

/** Finds memories that name things of the kinds for which the rarest three such terms stand, and takes them into the pool.
 *
 * A thing is worth no more than its term, and no more than a word would be that all memories with such things hold. [S85] */
export function findKinds(
  reader: Reader,
  sources: readonly HeldSource[],
  rowIds: readonly [bigint, bigint],
  filter: HeldFilter,
  terms: readonly WeighedTerm[],
  weightOf: (count: number) => number,
  pool: Pool,
): KindThings {
  const found = new Map<string, Map<number, number>>();
  const naming = terms
    .map(({ stem, weight }, at) => ({ at, weight, things: thingsOf(stem) }))
    .filter(({ things }) => things.size > 0)
    .toSorted((left, right) => right.weight - left.weight)
    .slice(0, maxKinds);
  for (const { at, weight, things } of naming) {
    const match = Array.from(things.values(), (word) => `"${word}"`).join(" OR ");
    let count = 0;
    for (const source of sources) {
      const { hits, counts } = findByTerms(
        reader,
        { source, index: "words", rowIds },
        filter,
        [{ match, weight: weightOf }],
        limits,
      );
      count += counts[0] ?? 0;
      const ids = hits.map(({ rowId }) => rowId);
      pool.add(readHeld(reader, source, filter, ids));
    }
    const worth = share * Math.min(weight, weightOf(count));
    for (const stem of things.keys()) {
      const places = found.get(stem) ?? new Map<number, number>();
      found.set(stem, places.set(at, worth));
    }
  }
  return found;
}

function readLexicon(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const byName = new Map<string, Map<string, string>>();
  for (const { names, things } of kindLexicon) {
    for (const { stem: name } of readWords(names, 1000)) {
      const members = byName.get(name) ?? new Map<string, string>();
      byName.set(name, members);
      for (const { stem, text } of readWords(things, 10_000)) if (stem !== name) members.set(stem, text);
    }
  }
  return byName;
}
