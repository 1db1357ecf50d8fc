/** Migration 006: what is replaced leaves the indexes of current rows by a mark, and its words with a later merge. [S24]
 *
 * Taking each of some 130 trigrams out at once made the change of one memory cost 5.5 ms of CPU; by marks it is 0.75.
 * `compactIndexes` merges when that matters. Histories only ever lose what is forgotten, and lose it at once. To do both
 * in one index is no way: a secure deletion takes the mark of an older one with it, and what that hid comes back. */
export const quickDeletes: readonly string[] = ["tasks_fts", "memory_fts", "memory_trigrams"].map(
  (index) => `INSERT INTO ${index} (${index}, rank) VALUES ('secure-delete', 0)`,
);
