/** The arms of hybrid search; each ranks memories by one reason. */
export type ArmName =
  | "words"
  | "letters"
  | "near"
  | "telling"
  | "spelling"
  | "meaning"
  | "thread"
  | "speaker"
  | "answer"
  | "question"
  | "when"
  | "time"
  | "graph";

/** What one arm found, best first. Equal scores share a rank. */
export interface Arm {
  readonly name: ArmName;
  readonly ranked: readonly Ranked[];
}

/** One memory in the list of an arm. */
export interface Ranked {
  readonly key: string;
  readonly score: number;
  /** Says why, in words for a person; asked only for what is returned. */
  readonly about: () => string;
}

/** How much the first place of each arm counts; 0 leaves the arm out. */
export type ArmWeights = Readonly<Record<ArmName, number>>;

/** Tuned on conversations, each weight on those that it was not measured with; `question` speaks against a memory. */
export const armWeights: ArmWeights = {
  words: 0.1,
  letters: 0.1,
  near: 1.06,
  telling: 0.1,
  spelling: 0.2,
  meaning: 0.6,
  thread: 0.13,
  speaker: 0.2,
  answer: 0.3,
  question: -0.2,
  when: 0.4,
  time: 0.9,
  graph: 0.2,
};

/** What one arm adds to the score of one memory. */
export interface Contribution {
  readonly arm: ArmName;
  /** 1 for the best; memories that the arm finds equal share a rank. */
  readonly rank: number;
  readonly points: number;
  readonly about: () => string;
}

// A small one lets first places decide, a large one lets every arm have its say.
const damping = 20;

/** Fuses the arms by weighted reciprocal rank: weight * 20 / (19 + rank), summed over the arms that found a memory. [S74] */
export function fuseArms(arms: readonly Arm[], weights: ArmWeights): ReadonlyMap<string, readonly Contribution[]> {
  const fused = new Map<string, Contribution[]>();
  for (const { name, ranked } of arms) {
    const weight = weights[name];
    if (weight === 0) continue;
    let rank = 0;
    let former = Number.NaN;
    for (const [at, { key, score, about }] of ranked.entries()) {
      if (Math.abs(score - former) > 1e-9 || at === 0) rank = at + 1;
      former = score;
      const points = (weight * damping) / (damping - 1 + rank);
      const present = fused.get(key);
      const contribution = { arm: name, rank, points, about };
      if (present === undefined) fused.set(key, [contribution]);
      else present.push(contribution);
    }
  }
  return fused;
}
