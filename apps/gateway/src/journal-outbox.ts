import type { Checked, Outbox, OutboxEntry } from "@kingly/link";
import type { Journal } from "./journal/journal.ts";

/** An outbox that answers at once: its entries are in memory as well. */
export interface JournalOutbox extends Outbox {
  add(id: string, body: object): Checked<null>;
  remove(id: string): Promise<void>;
  list(afterOrder: number, limit: number): readonly OutboxEntry[];
  size(): number;
}

/** Creates the link's outbox over the journal: entries are there before they are added, and leave it when they are settled.
 *
 * An entry is forgotten only after the journal has forgotten it: when that fails the link says it again, the back
 * answers again, and it is tried again. [G6] */
export function createJournalOutbox(
  journal: Pick<Journal, "settle">,
  workspace: string,
  waiting: readonly OutboxEntry[],
): JournalOutbox {
  const entries = new Map(waiting.map((entry) => [entry.id, entry]));
  let order = waiting.at(-1)?.order ?? 0;
  let answered: string[] = [];
  let settling: Promise<void> | undefined;
  // Answers that come while some are written share the next transaction.
  const settle = async (): Promise<void> => {
    try {
      while (answered.length > 0) {
        const ids = answered;
        answered = [];
        await journal.settle(workspace, ids);
        for (const id of ids) entries.delete(id);
      }
    } finally {
      settling = undefined;
    }
  };
  return {
    add(id, body) {
      if (!entries.has(id)) {
        order += 1;
        entries.set(id, { order, id, body });
      }
      return { ok: true, value: null };
    },
    remove(id) {
      answered.push(id);
      settling ??= settle();
      return settling;
    },
    list(afterOrder, limit) {
      const page: OutboxEntry[] = [];
      for (const entry of entries.values()) {
        if (page.length >= limit) break;
        if (entry.order > afterOrder) page.push(entry);
      }
      return page;
    },
    size: () => entries.size,
  };
}
