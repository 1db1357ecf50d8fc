import type { CompiledLanguage } from "../compile-language.ts";
import { classifierWords } from "./classifier-words.ts";
import { cuedLabels } from "./cued-labels.ts";
import { eachFeature } from "./features.ts";
import type { FeatureKind } from "./features.ts";

/** What the classifier hears in an utterance. */
export interface Guess {
  /** The likeliest label, `none` for something that is no intent of ours. */
  readonly label: string;
  /** Calibrated: of many guesses with 0.9, nine in ten are right. */
  readonly probability: number;
  /** True when the probability is at least the label's threshold, and the label is not `none`. */
  readonly isSure: boolean;
  /** The n-grams that spoke most for it, the strongest first. Made when asked for. */
  because(): readonly string[];
}

/** Weights made ready: one row of `labels.length` signed bytes for each bucket. */
export interface ReadyWeights {
  readonly tag: string;
  readonly bits: number;
  readonly scale: number;
  readonly temperature: number;
  readonly labels: readonly string[];
  readonly withCue: readonly number[];
  readonly without: readonly number[];
  readonly bias: readonly number[];
  readonly rows: Int8Array;
}

/** Guesses the intent of an utterance by its words alone. The same words give the same guess. [RX18] */
export interface Classifier {
  readonly tag: string;
  guess(text: string, language: CompiledLanguage): Guess;
}

/** Creates a classifier of weights that were unpacked. */
export function createClassifier(weights: ReadyWeights): Classifier {
  const { labels, rows, scale, bias, temperature } = weights;
  const classes = labels.length;
  // Which buckets this utterance has had: a round's number, so that nothing need be cleared.
  const seen = new Uint32Array(1 << weights.bits);
  let round = 0;
  const sums = new Int32Array(classes);
  return {
    tag: weights.tag,
    guess(text, language) {
      const words = classifierWords(text, language);
      const cued = cuedLabels(words, language);
      round = (round + 1) >>> 0 || 1;
      sums.fill(0);
      let count = 0;
      eachFeature(words, cued, weights.bits, (bucket) => {
        if (seen[bucket] === round) return;
        seen[bucket] = round;
        count += 1;
        const row = bucket * classes;
        for (let label = 0; label < classes; label += 1) sums[label] = (sums[label] ?? 0) + (rows[row + label] ?? 0);
      });
      const spread = scale / Math.sqrt(count);
      const scores = Array.from(sums, (sum, label) => (sum * spread + (bias[label] ?? 0)) / temperature);
      const highest = Math.max(...scores);
      const top = scores.indexOf(highest);
      const probability = 1 / scores.reduce((total, score) => total + Math.exp(score - highest), 0);
      const label = labels[top] ?? "none";
      const thresholds = cued.includes(label) ? weights.withCue : weights.without;
      return {
        label,
        probability,
        isSure: top > 0 && words.length > 0 && probability >= (thresholds[top] ?? 1),
        because: () => strongest(words, cued, top, weights),
      };
    },
  };
}

const mostReasons = 3;

/** Names the features that speak most for a label beside the mean of all labels. */
function strongest(
  words: readonly string[],
  cued: readonly string[],
  top: number,
  { bits, labels, rows }: ReadyWeights,
): readonly string[] {
  const reasons = new Map<string, number>();
  eachFeature(words, cued, bits, (bucket, kind, from, until) => {
    if (kind === "letters" || kind === "shape") return;
    const row = rows.subarray(bucket * labels.length, (bucket + 1) * labels.length);
    const mean = row.reduce((total, weight) => total + weight, 0) / labels.length;
    const name = nameOf(kind, kind === "cue" ? (cued[from] ?? "") : words.slice(from, until).join(" "));
    reasons.set(name, Math.max(reasons.get(name) ?? 0, (row[top] ?? 0) - mean));
  });
  return [...reasons]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, mostReasons)
    .map(([name]) => name);
}

function nameOf(kind: FeatureKind, words: string): string {
  if (kind === "first") return `^${words}`;
  if (kind === "last") return `${words}$`;
  return kind === "cue" ? `[${words}]` : words;
}
