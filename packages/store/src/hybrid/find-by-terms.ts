import type { Reader } from "../reader.ts";
import { scoreByTerms } from "../score-by-terms.ts";
import { heldCondition } from "./held-rows.ts";
import type { HeldFilter, HeldSource } from "./held-rows.ts";

/** How many rows hold each term, and the best rows with the sum of the weights of their terms. */
export interface FoundByTerms {
  readonly hits: readonly { readonly rowId: number; readonly score: number }[];
  /** Rows with the term, in the order of the terms; never more than the limit of the walk plus one. */
  readonly counts: readonly number[];
}

/** Finds rows of an index that hold the rarest of the terms, and ranks them by all: the work is bounded. [S72] [S73]
 *
 * bm25() would count every row of every workspace that holds a word before it ranks the first one. Here each term is
 * counted up to `maxHits` + 1; the rarest terms choose at most that many rows (newest first), and the other terms
 * are looked up among those only. A row scores the sum of the weights of its terms. */
export function findByTerms(
  reader: Reader,
  place: {
    readonly source: HeldSource;
    readonly index: "words" | "trigrams";
    readonly rowIds: readonly [bigint, bigint];
  },
  filter: HeldFilter,
  terms: readonly { readonly match: string; readonly weight: (count: number) => number }[],
  limits: { readonly maxHits: number; readonly limit: number },
): FoundByTerms {
  const index = place.source[place.index];
  const [first, last] = place.rowIds;
  const within = `${index} MATCH ? AND rowid BETWEEN ? AND ?`;
  // All terms in one statement, which keeps its cursor of the index open: half the cost of one statement for each.
  const counts = reader
    .all<{ hits: number }>(
      `SELECT (SELECT count(*) FROM (SELECT 1 FROM ${index} WHERE ${index} MATCH t.value AND rowid BETWEEN ? AND ? LIMIT ?))
         AS hits FROM json_each(?) AS t ORDER BY t.key`,
      first,
      last,
      limits.maxHits + 1,
      JSON.stringify(terms.map(({ match }) => match)),
    )
    .map(({ hits }) => hits);
  const byRarity = terms
    .map(({ match, weight }, at) => ({ match: `(${match})`, weight: weight(counts[at] ?? 0), count: counts[at] ?? 0 }))
    .filter(({ count }) => count > 0)
    .toSorted((left, right) => left.count - right.count);
  const choosing: string[] = [];
  let sum = 0;
  for (const { match, count } of byRarity) {
    sum += count;
    if (choosing.length > 0 && sum > limits.maxHits) break;
    choosing.push(match);
  }
  if (choosing.length === 0) return { hits: [], counts };

  const held = heldCondition(filter);
  const chosen = reader.all<{ hit: number }>(
    `SELECT hit FROM (SELECT rowid AS hit FROM ${index} WHERE ${within} ORDER BY rowid DESC LIMIT ?)
     CROSS JOIN ${place.source.table} AS r ON r.${place.source.id} = hit WHERE ${held.sql} LIMIT ?`,
    choosing.join(" OR "),
    first,
    last,
    limits.maxHits * 5,
    ...held.parameters,
    limits.maxHits,
  );
  if (chosen.length === 0) return { hits: [], counts };
  const scores = scoreByTerms(
    reader,
    index,
    choosing.join(" OR "),
    byRarity,
    chosen.map(({ hit }) => hit),
    limits.maxHits * 5,
  );
  const hits = Array.from(scores, ([rowId, score]) => ({ rowId, score }))
    .toSorted((left, right) => right.score - left.score || right.rowId - left.rowId)
    .slice(0, limits.limit);
  return { hits, counts };
}
