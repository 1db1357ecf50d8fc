/** The sizes within which the reflex reads. [RX6][RX12] */
export const limits = {
  /** Characters of an utterance; a longer one is taken for pasted text and goes to the back unread. */
  maxTextLength: 400,
  /** Characters of a title made from an utterance. */
  maxTitleLength: 200,
  /** Characters of a key or a context id made from words. */
  maxSlugLength: 40,
  /** Wishes in one utterance; one with more goes to the back whole. */
  maxWishes: 5,
  /** Things named in one reply; the others are counted. */
  maxNamed: 8,
  /** Turns or memories told in one reply. */
  maxTold: 3,
  /** Characters of a memory told in a reply. */
  maxToldLength: 400,
} as const;
