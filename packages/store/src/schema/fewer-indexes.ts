/** Migration 007: the index of events by cid goes; nothing asks by it, and commands have an index of their own. [S23]
 *
 * A cid is a hash, so each event wrote a page of its own for it: 13 % of the time and of the bytes of an append. */
export const fewerIndexes: readonly string[] = [`DROP INDEX events_by_cid`];
