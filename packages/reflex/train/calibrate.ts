import { softmax } from "./fit.ts";

/** A score that was made without having learned from the text. `cued` tells of each class whether its cues stand there. */
export interface Judged {
  readonly scores: Float64Array;
  readonly label: number;
  readonly cued: readonly boolean[];
}

/** For each class the least probability with which it is recognised: with its cues, and without. */
export interface Thresholds {
  readonly withCue: readonly number[];
  readonly without: readonly number[];
}

/** What is to be reached on the judged texts. Shares of 1. */
export interface Goal {
  readonly precision: number;
  readonly falseFires: number;
}

/** Finds the temperature with which the probabilities are least wrong. */
export function findTemperature(judged: readonly Judged[]): number {
  let best = 1;
  let least = Infinity;
  for (let temperature = 0.3; temperature <= 2.001; temperature += 0.02) {
    let loss = 0;
    for (const { scores, label } of judged) loss -= Math.log(Math.max(softmax(scores, temperature)[label] ?? 0, 1e-12));
    if (loss < least) [least, best] = [loss, temperature];
  }
  return Number(best.toFixed(2));
}

/** Finds the thresholds with which as much as possible is recognised while the goal is kept.
 *
 * Each class takes the threshold at which right answers outweigh wrong ones most, a wrong one counting `price` right
 * ones, and one that is no intent twice; the price rises until the goal is kept. */
export function findThresholds(
  judged: readonly Judged[],
  temperature: number,
  classes: number,
  goal: Goal,
): Thresholds {
  const groups = Array.from({ length: classes * 2 }, (): Found[] => []);
  let none = 0;
  for (const { scores, label, cued } of judged) {
    if (label === 0) none += 1;
    const found = softmax(scores, temperature);
    const top = found.indexOf(Math.max(...found));
    if (top > 0) groups[top * 2 + (cued[top] === true ? 1 : 0)]?.push({ sure: found[top] ?? 0, top, label });
  }
  const sorted = groups.map((group) => group.toSorted((a, b) => b.sure - a.sure));
  for (let price = 1; ; price *= 1.1) {
    const thresholds = sorted.map((group) => thresholdOf(group, price));
    const fired = sorted.flatMap((group, index) => group.filter(({ sure }) => sure >= (thresholds[index] ?? 1)));
    const right = fired.filter(({ top, label }) => top === label).length;
    const wrong = fired.filter(({ label }) => label === 0).length;
    if ((right / fired.length >= goal.precision && wrong / none <= goal.falseFires) || price > 1e6) {
      return {
        withCue: thresholds.filter((_, index) => index % 2 === 1),
        without: thresholds.filter((_, index) => index % 2 === 0),
      };
    }
  }
}

interface Found {
  readonly sure: number;
  readonly top: number;
  readonly label: number;
}

const least = 0.4;
const fewest = 15;

function thresholdOf(group: readonly Found[], price: number): number {
  // Too few to tell: only what is nearly certain.
  if (group.length < fewest) return 0.9;
  let gain = 0;
  let best = 0;
  let threshold = 0.99;
  for (const { sure, top, label } of group) {
    if (sure < least) break;
    gain += top === label ? 1 : label === 0 ? -2 * price : -price;
    if (gain >= best) [best, threshold] = [gain, sure];
  }
  return Math.floor(threshold * 1000) / 1000;
}
