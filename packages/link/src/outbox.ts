import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";

/** One thing to say. `order` grows in the order in which entries become visible to `list`. */
export interface OutboxEntry {
  readonly order: number;
  readonly id: string;
  readonly body: object;
}

/** Where says wait until they are settled. The link keeps no copy: it lists again after every reconnect. */
export interface Outbox {
  /** Keeps a say. An id that is already kept changes nothing. A full outbox is the fault `outbox_full`. */
  add(id: string, body: object): Checked<null> | Promise<Checked<null>>;
  remove(id: string): void | Promise<void>;
  /** The entries after `afterOrder`, in order, at most `limit`. */
  list(afterOrder: number, limit: number): readonly OutboxEntry[] | Promise<readonly OutboxEntry[]>;
}

/** An outbox that answers at once, and tells how much waits in it. */
export interface MemoryOutbox extends Outbox {
  add(id: string, body: object): Checked<null>;
  remove(id: string): void;
  list(afterOrder: number, limit: number): readonly OutboxEntry[];
  size(): number;
}

/** Creates an outbox in memory that holds at most `maxEntries` (default 1,000). [LK26]
 *
 * A page costs the same whatever waits: after a long outage 100,000 entries are listed in pages of 64. */
export function createMemoryOutbox(maxEntries = 1_000): MemoryOutbox {
  const entries = new Map<string, OutboxEntry>();
  // All that were added, in order; those that are settled fall out when they are the larger part.
  let line: OutboxEntry[] = [];
  let order = 0;
  return {
    add(id, body) {
      if (entries.has(id)) return { ok: true, value: null };
      if (entries.size >= maxEntries) {
        return fault("outbox_full", `${maxEntries} says wait for an answer`, "say it again when the link is open");
      }
      order += 1;
      const entry = { order, id, body };
      entries.set(id, entry);
      line.push(entry);
      return { ok: true, value: null };
    },
    remove(id) {
      entries.delete(id);
      if (line.length > 64 && line.length > entries.size * 2) line = [...entries.values()];
    },
    list(afterOrder, limit) {
      const page: OutboxEntry[] = [];
      for (let at = firstAfter(line, afterOrder); at < line.length && page.length < limit; at += 1) {
        const entry = line[at];
        if (entry !== undefined && entries.get(entry.id) === entry) page.push(entry);
      }
      return page;
    },
    size: () => entries.size,
  };
}

function firstAfter(line: readonly OutboxEntry[], order: number): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((line[middle]?.order ?? 0) > order) high = middle;
    else low = middle + 1;
  }
  return low;
}
