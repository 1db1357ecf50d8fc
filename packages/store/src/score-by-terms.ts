import type { Reader } from "./reader.ts";

/** A term of a question: how it enters MATCH, and what it is worth. */
export interface WorthTerm {
  readonly match: string;
  readonly weight: number;
}

/** What a term is worth that `count` of `all` rows hold: rare ones more, as in bm25. */
export function rarity(count: number, all: number): number {
  return Math.log(1 + (Math.max(all, count) - count + 0.5) / (count + 0.5));
}

/** Gives each of the hits (row ids of an index, newest first) the sum of the weights of the terms that it holds.
 *
 * `choosing` is the MATCH that brought the hits. The work is bounded by `maxRows` for each term: bm25() would first count
 * every row of every workspace that holds a term. [S26] [S73] */
export function scoreByTerms(
  reader: Reader,
  index: string,
  choosing: string,
  terms: readonly WorthTerm[],
  hits: readonly number[],
  maxRows: number,
): ReadonlyMap<number, number> {
  const scores = new Map(hits.map((hit) => [hit, 0]));
  const oldest = BigInt(hits.at(-1) ?? 0);
  const newest = BigInt(hits[0] ?? 0);
  for (const { match, weight } of terms) {
    const rows = reader.all<{ hit: number }>(
      `SELECT rowid AS hit FROM ${index} WHERE ${index} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?`,
      match === choosing ? match : `(${choosing}) AND (${match})`,
      oldest,
      newest,
      maxRows,
    );
    for (const { hit } of rows) {
      const score = scores.get(hit);
      if (score !== undefined) scores.set(hit, score + weight);
    }
  }
  return scores;
}
