import type { Question } from "./locomo-data.ts";

/** How well one search did, as shares of 1. Recall is the share of the evidence turns among the first, mean over questions. */
export interface Measures {
  readonly recallAt10: number;
  readonly recallAt5: number;
  /** Mean of 1 / place of the first evidence among 10, 0 when there is none. */
  readonly reciprocalRank: number;
  /** Recall at 10 of each category. */
  readonly byCategory: Readonly<Record<number, number>>;
}

/** Measures ranked ids of turns, one list for each question. */
export function measure(questions: readonly Question[], ranked: readonly (readonly string[])[]): Measures {
  const recall = (at: number): readonly number[] =>
    questions.map(({ evidence }, place) => {
      const found = (ranked[place] ?? []).slice(0, at).filter((id) => evidence.has(id));
      return found.length / evidence.size;
    });
  const at10 = recall(10);
  const firsts = questions.map(({ evidence }, place) => {
    const first = (ranked[place] ?? []).slice(0, 10).findIndex((id) => evidence.has(id));
    return first < 0 ? 0 : 1 / (first + 1);
  });
  const byCategory = Object.fromEntries(
    [1, 2, 3, 4, 5].map((category) => [
      category,
      mean(at10.filter((_, place) => questions[place]?.category === category)),
    ]),
  );
  return { recallAt10: mean(at10), recallAt5: mean(recall(5)), reciprocalRank: mean(firsts), byCategory };
}

/** One line of the table. */
export function row(name: string, measures: Measures, ms?: string): string {
  const percent = (share: number): string => (100 * share).toFixed(1);
  const { recallAt10, recallAt5, reciprocalRank, byCategory } = measures;
  const cells = [
    name,
    percent(recallAt10),
    percent(recallAt5),
    reciprocalRank.toFixed(3),
    ...[1, 2, 3, 4, 5].map((category) => percent(byCategory[category] ?? 0)),
    ms ?? "",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The head of the table. */
export const head = `| search | @10 % | @5 % | MRR | multi-hop | temporal | open | single | adversarial | ms p50 / p99 |
|---|---|---|---|---|---|---|---|---|---|`;

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
