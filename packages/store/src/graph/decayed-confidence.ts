/** How confidence fades. */
export interface DecayOptions {
  /** After this many ms half of it is left. */
  readonly halfLifeMs: number;
  /** It does not fade below this share. */
  readonly floor: number;
}

/** Returns what is left of a confidence after `ageMs`: c * 2^(-age / halfLife), never below the floor. [S60]
 *
 * One that was below the floor from the start stays as it was; an age below 0 counts as 0. */
export function decayedConfidence(confidence: number, ageMs: number, options: DecayOptions): number {
  const left = confidence * 2 ** (-Math.max(0, ageMs) / options.halfLifeMs);
  return Math.max(left, Math.min(confidence, options.floor));
}
