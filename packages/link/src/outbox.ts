import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";

/** One thing to say. `order` grows in the order in which entries become visible to `list`. */
export interface OutboxEntry {
  readonly order: number;
  readonly id: string;
  readonly body: object;
  /** When it was kept, where the outbox knows it. Milliseconds since 1970. */
  readonly keptAtMs?: number | undefined;
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
  add(id: string, body: object, keptAtMs?: number): Checked<null>;
  remove(id: string): void;
  list(afterOrder: number, limit: number): readonly OutboxEntry[];
  size(): number;
}

/** Creates an outbox in memory that holds at most `maxEntries` (default 1,000). [LK26] */
export function createMemoryOutbox(maxEntries = 1_000): MemoryOutbox {
  const entries = new Map<string, OutboxEntry>();
  let order = 0;
  return {
    add(id, body, keptAtMs) {
      if (!entries.has(id)) {
        if (entries.size >= maxEntries) return fault("outbox_full", `${maxEntries} says wait`, "say it again later");
        order += 1;
        entries.set(id, { order, id, body, keptAtMs });
      }
      return { ok: true, value: null };
    },
    remove: (id) => void entries.delete(id),
    list(afterOrder, limit) {
      const page: OutboxEntry[] = [];
      for (const entry of entries.values()) {
        if (page.length === limit) break;
        if (entry.order > afterOrder) page.push(entry);
      }
      return page;
    },
    size: () => entries.size,
  };
}
