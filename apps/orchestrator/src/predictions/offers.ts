/** Words that a reply offered: who wants what it asks for says them. */
export interface Offer {
  readonly workspaceId: string;
  /** The id of the utterance that was replied to. */
  readonly turnId: string;
  readonly say: string;
}

/** The way from who replies to who suggests. */
export interface Offers {
  tell(offer: Offer): void;
  /** Calls `listener` for each offer, until the function it gives is called. */
  watch(listener: (offer: Offer) => void): () => void;
}

/** Creates it. Offers are not kept: who watches later is told nothing. [O73] */
export function createOffers(): Offers {
  const listeners = new Set<(offer: Offer) => void>();
  return {
    tell(offer) {
      for (const listener of listeners) listener(offer);
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
