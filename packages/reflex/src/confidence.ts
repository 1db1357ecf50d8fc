/** How sure a rule is, in [0, 1]. `sure` and `clear` speak at the default threshold of 0.9; `doubtful` never does. [RX4] */
export const confidence = {
  /** The whole utterance is a known phrase, and nothing else is in it. */
  sure: 0.98,
  /** A known phrase around the person's own words, which were found or are plain nouns. */
  clear: 0.93,
  /** The phrase fits, but something in it (a condition, a time, a second wish) is more than the rule can read. */
  doubtful: 0.6,
  /** Nothing fits. */
  none: 0,
} as const;
