import type { Clock } from "@kingly/runtime";
import { fault } from "./fault.ts";
import { isFrameId } from "./frame-id.ts";
import { isJsonObject } from "./is-json-object.ts";
import type { JsonObject } from "./is-json-object.ts";
import { createMemoryOutbox } from "./outbox.ts";
import type { MemoryOutbox, OutboxEntry } from "./outbox.ts";

/** The part of `sessionStorage` or `localStorage` that is used. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

/** A say that waits, and when it was kept. */
export interface KeptSay extends OutboxEntry {
  readonly body: JsonObject;
  readonly keptAtMs: number;
}

/** An outbox that survives a reload. */
export interface StorageOutbox extends MemoryOutbox {
  /** Everything that waits, oldest first. */
  waiting(): readonly KeptSay[];
}

/** Opens an outbox over a storage of texts, with what an earlier load left in it. [LK43]
 *
 * `key` belongs to one page at a time: `sessionStorage` gives each tab its own, in `localStorage` it must hold the tab's
 * name. At most `maxEntries` (200) wait; a storage without room is the fault `outbox_full`; what is no say is left out. */
export function createStorageOutbox(
  deps: { readonly storage: TextStorage; readonly clock: Pick<Clock, "nowMs"> },
  options: { readonly key?: string; readonly maxEntries?: number } = {},
): StorageOutbox {
  const { storage, clock } = deps;
  const { key = "kingly.outbox", maxEntries = 200 } = options;
  const memory = createMemoryOutbox(maxEntries);
  for (const { id, body, keptAtMs } of readKept(storage, key)) memory.add(id, body, keptAtMs);

  const waiting = (): readonly KeptSay[] => memory.list(0, maxEntries) as readonly KeptSay[];
  const save = (): boolean => {
    try {
      storage.setItem(key, JSON.stringify(waiting()));
      return true;
    } catch {
      return false;
    }
  };
  return {
    ...memory,
    waiting,
    add(id, body) {
      const size = memory.size();
      const added = memory.add(id, body, clock.nowMs());
      if (memory.size() === size || save()) return added;
      memory.remove(id);
      return fault("outbox_full", "the storage is full", "say it again later");
    },
    remove(id) {
      memory.remove(id);
      // What stays by mistake is said again under its own id: it takes effect once.
      save();
    },
  };
}

function readKept(storage: TextStorage, key: string): readonly KeptSay[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? "[]");
    return (kept as readonly KeptSay[]).filter(({ id, body }) => isFrameId(id) && isJsonObject(body));
  } catch {
    return [];
  }
}
