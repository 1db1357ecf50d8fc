/** A trained classifier as it ships: per bucket one row of signed bytes, one byte a label, deflated and in base64.
 *
 * `labels` begins with `none`. */
export interface ClassifierWeights {
  /** The language it was trained on, BCP 47. */
  readonly tag: string;
  /** Buckets are 2 to the power of this. */
  readonly bits: number;
  /** What one step of a byte weighs. */
  readonly scale: number;
  readonly temperature: number;
  readonly labels: readonly string[];
  /** Least probability of each label when its cues stand in the utterance. */
  readonly withCue: readonly number[];
  /** Least probability of each label when they do not. */
  readonly without: readonly number[];
  readonly bias: readonly number[];
  readonly packed: string;
}
