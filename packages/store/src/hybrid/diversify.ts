/** What MMR chooses from: better first. */
export interface Candidate<T> {
  readonly item: T;
  readonly score: number;
  readonly stems: ReadonlySet<string>;
}

/** Chooses one after the other what is good and unlike what was chosen before: maximal marginal relevance. [S77]
 *
 * Each step takes the candidate with the greatest `lambda * score - (1 - lambda) * likeness`, scores scaled to 0..1, likeness the
 * share of common words with the most alike of those chosen. `lambda` 1 keeps the order, 0 looks at unlikeness alone. */
export function diversify<T>(
  candidates: readonly Candidate<T>[],
  limit: number,
  lambda: number,
): readonly Candidate<T>[] {
  if (lambda >= 1) return candidates.slice(0, limit);
  const best = Math.max(...candidates.map(({ score }) => score), Number.MIN_VALUE);
  const left = candidates.map((candidate) => ({ candidate, likeness: 0 }));
  const chosen: Candidate<T>[] = [];
  while (chosen.length < limit && left.length > 0) {
    let at = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (const [place, { candidate, likeness }] of left.entries()) {
      const value = (lambda * candidate.score) / best - (1 - lambda) * likeness;
      if (value > most) [at, most] = [place, value];
    }
    const [taken] = left.splice(at, 1);
    if (taken === undefined) break;
    chosen.push(taken.candidate);
    for (const other of left)
      other.likeness = Math.max(other.likeness, alike(taken.candidate.stems, other.candidate.stems));
  }
  return chosen;
}

/** Words in common over all words: 1 for equal sets. */
function alike(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let common = 0;
  for (const stem of left) if (right.has(stem)) common += 1;
  const all = left.size + right.size - common;
  return all === 0 ? 0 : common / all;
}
