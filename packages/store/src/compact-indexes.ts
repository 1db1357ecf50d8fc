import type { Database } from "@kingly/sqlite";

/** How an index is compacted. */
export interface CompactOptions {
  /** Pages of an index that one unit writes at most, 1 to 100,000; other units go in between. @default 200 */
  readonly pagesPerStep?: number;
  /** Ends it after a step. What was done stays done. */
  readonly signal?: AbortSignal;
}

const indexes = ["memory_fts", "memory_trigrams", "tasks_fts"] as const;

/** Merges the full-text indexes of current rows step by step, each in a unit; returns the number of steps. [S37]
 *
 * Words of values that were replaced or forgotten are gone from them afterwards, not only hidden. Call it some time
 * after `memory.forget`, where the file may come into other hands. */
export async function compactIndexes(database: Database, options: CompactOptions = {}): Promise<number> {
  const { pagesPerStep = 200, signal } = options;
  if (!Number.isInteger(pagesPerStep) || pagesPerStep < 1 || pagesPerStep > 100_000) {
    throw new RangeError(`pagesPerStep got ${pagesPerStep}. Expected a whole number from 1 to 100,000.`);
  }
  let steps = 0;
  for (const index of indexes) {
    // A negative number begins to merge all that is there; the positive ones go on with it.
    for (let pages = -pagesPerStep, isDone = false; !isDone && signal?.aborted !== true; pages = pagesPerStep) {
      isDone = await database.write((unit) => {
        const total = (): number => Number(unit.get<{ total: number }>("SELECT total_changes() AS total")?.total);
        const before = total();
        unit.run(`INSERT INTO ${index} (${index}, rank) VALUES ('merge', ?)`, pages);
        // The command itself counts as one change: more mean that something was merged.
        return total() - before < 2;
      });
      steps += 1;
    }
  }
  return steps;
}
