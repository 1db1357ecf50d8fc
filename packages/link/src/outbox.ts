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
  const orders = new Map<string, number>();
  const entries = new Map<number, OutboxEntry>();
  let oldest = 1;
  let newest = 0;
  return {
    add(id, body) {
      if (!orders.has(id)) {
        if (orders.size >= maxEntries) return fault("outbox_full", `${maxEntries} says wait`, "say it again later");
        newest += 1;
        orders.set(id, newest);
        entries.set(newest, { order: newest, id, body });
      }
      return { ok: true, value: null };
    },
    remove(id) {
      entries.delete(orders.get(id) ?? 0);
      orders.delete(id);
      while (oldest <= newest && !entries.has(oldest)) oldest += 1;
    },
    list(afterOrder, limit) {
      const page: OutboxEntry[] = [];
      for (let order = Math.max(oldest, afterOrder + 1); order <= newest && page.length < limit; order += 1) {
        const entry = entries.get(order);
        if (entry !== undefined) page.push(entry);
      }
      return page;
    },
    size: () => orders.size,
  };
}
