import type { ArmName, HybridHit } from "@kingly/store";
import type { Question } from "./locomo-data.ts";
import { measure } from "./locomo-measures.ts";
import type { Measures } from "./locomo-measures.ts";

/** What the arms said of each candidate of one question: the points of a first place of weight 1, by arm. */
type Candidates = readonly { readonly id: string; readonly points: Readonly<Partial<Record<ArmName, number>>> }[];
type Weights = Readonly<Partial<Record<ArmName, number>>>;

const damping = 20;

/** Takes the ranks out of explained hits. */
export function toCandidates(hits: readonly HybridHit[]): Candidates {
  return hits.map(({ memory, reasons }) => ({
    id: memory.key,
    points: Object.fromEntries(reasons.map(({ arm, rank }) => [arm, damping / (damping - 1 + rank)])),
  }));
}

/** Ranks the candidates again with other weights. */
function rerank(candidates: Candidates, weights: Weights): readonly string[] {
  const scored = candidates.map(({ id, points }) => {
    let score = 0;
    for (const arm in points) score += (points[arm as ArmName] ?? 0) * (weights[arm as ArmName] ?? 0);
    return { id, score };
  });
  return scored
    .toSorted((left, right) => right.score - left.score)
    .slice(0, 10)
    .map(({ id }) => id);
}

/** What tuning looks for: recall first, then early places, and a little for questions of several turns. */
function worth({ recallAt10, recallAt5, reciprocalRank, byCategory }: Measures): number {
  return recallAt10 + 0.5 * recallAt5 + 0.5 * reciprocalRank + 0.15 * (byCategory[1] ?? 0);
}

/** Changes one weight after the other while that makes the questions at `places` better. */
export function tune(
  questions: readonly Question[],
  candidates: readonly Candidates[],
  places: readonly number[],
  start: Weights,
): Weights {
  const asked = places.flatMap((place) => questions[place] ?? []);
  const judge = (weights: Weights): number =>
    worth(
      measure(
        asked,
        places.map((place) => rerank(candidates[place] ?? [], weights)),
      ),
    );
  let weights = start;
  let best = judge(weights);
  for (let round = 0; round < 3; round += 1) {
    const before = best;
    for (const arm of Object.keys(start) as ArmName[]) {
      const now = weights[arm] ?? 0;
      for (const value of new Set([0, now / 2, now * 0.75, now * 1.33, now * 2, now + 0.1, now - 0.1])) {
        if (arm === "question" ? value > 0 : value < 0) continue;
        const changed = { ...weights, [arm]: value };
        const score = judge(changed);
        if (score > best + 2e-4) [best, weights] = [score, changed];
      }
    }
    if (best === before) break;
  }
  return weights;
}

/** Measures every conversation with weights that were tuned on the other ones. */
export function leaveOneOut(
  questions: readonly Question[],
  candidates: readonly Candidates[],
  start: Weights,
): { readonly measures: Measures; readonly all: Weights } {
  const conversations = [...new Set(questions.map(({ conversation }) => conversation))];
  const places = questions.map((_, place) => place);
  const tuned = new Map(
    conversations.map((out) => [
      out,
      tune(
        questions,
        candidates,
        places.filter((place) => questions[place]?.conversation !== out),
        start,
      ),
    ]),
  );
  const ranked = questions.map(({ conversation }, place) =>
    rerank(candidates[place] ?? [], tuned.get(conversation) ?? start),
  );
  return { measures: measure(questions, ranked), all: tune(questions, candidates, places, start) };
}
