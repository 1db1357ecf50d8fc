import { createMemoryOutbox } from "@kingly/link";
import type { MemoryOutbox } from "@kingly/link";
import type { Journal } from "./journal/journal.ts";

/** An outbox in memory whose entries leave it only when they have left the journal. */
export interface JournalOutbox extends Omit<MemoryOutbox, "remove"> {
  remove(id: string): Promise<void>;
  /** Bytes of all that waits, as JSON. */
  bytes(): number;
}

/** Creates the link's outbox over the journal: entries are there before they are added, and leave it when they are settled.
 *
 * An entry is forgotten only after the journal has forgotten it: when that fails the link says it again, the back
 * answers again, and it is tried again. [G6] */
export function createJournalOutbox(
  journal: Pick<Journal, "settle">,
  workspace: string,
  waiting: readonly { readonly id: string; readonly body: object }[],
): JournalOutbox {
  // Bounded by the gateway, before anything is recorded. [G16]
  const entries = createMemoryOutbox(Number.MAX_SAFE_INTEGER);
  const sizes = new Map<string, number>();
  let bytes = 0;
  const add = (id: string, body: object): ReturnType<MemoryOutbox["add"]> => {
    if (!sizes.has(id)) {
      const size = Buffer.byteLength(JSON.stringify(body));
      sizes.set(id, size);
      bytes += size;
    }
    return entries.add(id, body);
  };
  const forget = (id: string): void => {
    bytes -= sizes.get(id) ?? 0;
    sizes.delete(id);
    entries.remove(id);
  };
  for (const { id, body } of waiting) add(id, body);
  let answered: string[] = [];
  let settling: Promise<void> | undefined;
  // Answers that come while some are written share the next transaction.
  const settle = async (): Promise<void> => {
    try {
      while (answered.length > 0) {
        const ids = answered;
        answered = [];
        await journal.settle(workspace, ids);
        for (const id of ids) forget(id);
      }
    } finally {
      settling = undefined;
    }
  };
  return {
    ...entries,
    add,
    bytes: () => bytes,
    remove(id) {
      answered.push(id);
      settling ??= settle();
      return settling;
    },
  };
}
