/** How deep a context is loaded; a shallower one asks fewer sources. */
export type Depth = "brief" | "search" | "full" | "deep";

/** What one depth may cost. */
export interface DepthPlan {
  /** Tokens of its text, by the codec's estimate. */
  readonly budget: number;
  /** Turns of a conversation, newest first. */
  readonly turns: number;
  readonly memories: number;
  /** Tasks of each kind beside the thing itself: parts, siblings, related ones, those that share words. 0: not asked. */
  readonly tasks: number;
  /** Events about what was found. 0: not asked. */
  readonly events: number;
  /** Relations of the graph from what was found. 0: the graph is not asked. */
  readonly hops: 0 | 1 | 2;
}

/** The depths. [O60]
 *
 * The budgets are shares of what a small prompt has for what is known: a line of status (200), the recent past (500), all
 * names and memories (1,000), and the whole prompt of a front model (2,000), beyond which nobody could pass it on. */
export const depths: Readonly<Record<Depth, DepthPlan>> = {
  brief: { budget: 200, turns: 5, memories: 3, tasks: 0, events: 0, hops: 0 },
  search: { budget: 500, turns: 20, memories: 5, tasks: 0, events: 0, hops: 0 },
  full: { budget: 1000, turns: 50, memories: 5, tasks: 10, events: 10, hops: 1 },
  deep: { budget: 2000, turns: 200, memories: 15, tasks: 30, events: 30, hops: 2 },
};

/** Reads the depth of a command; any other word, and none, is `full`. [O60] */
export function readDepth(word: string | undefined): Depth {
  return word !== undefined && Object.hasOwn(depths, word) ? (word as Depth) : "full";
}
