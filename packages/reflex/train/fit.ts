import { createRandom } from "./random.ts";

/** One text made ready: its distinct buckets, and the index of its label. */
export interface Sample {
  readonly buckets: Int32Array;
  readonly label: number;
  /** How much it counts beside the others. @default 1 */
  readonly weight?: number;
}

/** A multinomial logistic regression over hashed features. `weights` is one row of classes per bucket. */
export interface Model {
  readonly bits: number;
  readonly classes: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** How a model is fitted. The same options and samples give the same model. */
export interface FitOptions {
  readonly bits: number;
  readonly classes: number;
  readonly epochs: number;
  readonly rate: number;
  readonly decay: number;
  readonly seed: number;
}

// A class that is this sure already learns nothing more from a sample.
const leastGradient = 5e-4;

/** Fits a model by stochastic gradients with AdaGrad, the samples in another order in every epoch. */
export function fit(samples: readonly Sample[], options: FitOptions): Model {
  const { bits, classes, rate, decay } = options;
  const weights = new Float32Array((1 << bits) * classes);
  const squares = new Float32Array(weights.length);
  const bias = new Float32Array(classes);
  const biasSquares = new Float32Array(classes);
  const model = { bits, classes, weights, bias };
  const random = createRandom(options.seed);
  const order = samples.map((_, index) => index);
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    shuffle(order, random);
    for (const index of order) {
      const sample = samples[index];
      if (sample === undefined) continue;
      const gradient = probabilities(model, sample.buckets, 1);
      gradient[sample.label] = (gradient[sample.label] ?? 0) - 1;
      const scale = 1 / Math.sqrt(sample.buckets.length);
      for (let label = 0; label < classes; label += 1) {
        const slope = (gradient[label] ?? 0) * (sample.weight ?? 1);
        if (Math.abs(slope) < leastGradient) continue;
        biasSquares[label] = (biasSquares[label] ?? 0) + slope * slope;
        bias[label] = (bias[label] ?? 0) - (rate * slope) / Math.sqrt((biasSquares[label] ?? 0) + 1e-8);
        for (const bucket of sample.buckets) {
          const at = bucket * classes + label;
          const part = slope * scale + decay * (weights[at] ?? 0);
          squares[at] = (squares[at] ?? 0) + part * part;
          weights[at] = (weights[at] ?? 0) - (rate * part) / Math.sqrt((squares[at] ?? 0) + 1e-8);
        }
      }
    }
  }
  return model;
}

/** Returns the score of each class before it becomes a probability. */
export function scores(model: Model, buckets: Int32Array): Float64Array {
  const { classes, weights, bias } = model;
  const sums = new Float64Array(classes);
  for (const bucket of buckets) {
    const row = bucket * classes;
    for (let label = 0; label < classes; label += 1) sums[label] = (sums[label] ?? 0) + (weights[row + label] ?? 0);
  }
  const scale = 1 / Math.sqrt(Math.max(1, buckets.length));
  for (let label = 0; label < classes; label += 1) sums[label] = (sums[label] ?? 0) * scale + (bias[label] ?? 0);
  return sums;
}

/** Returns the probability of each class; a higher temperature makes all of them less sure. */
export function probabilities(model: Model, buckets: Int32Array, temperature: number): Float64Array {
  return softmax(scores(model, buckets), temperature);
}

/** Makes probabilities of scores. */
export function softmax(values: Float64Array, temperature: number): Float64Array {
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp((value - highest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function shuffle(list: number[], random: () => number): void {
  for (let index = list.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [list[index], list[other]] = [list[other] ?? 0, list[index] ?? 0];
  }
}
