import type { Clock } from "@kingly/runtime";
import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";
import { createMemoryOutbox } from "./outbox.ts";
import type { MemoryOutbox } from "./outbox.ts";
import { isJsonObject } from "./parse-json.ts";
import type { JsonObject } from "./parse-json.ts";
import { isFrameId } from "./read-client-frame.ts";

/** The part of `sessionStorage` or `localStorage` that is used. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

/** A say that waits, and when it was kept. */
export interface KeptSay {
  readonly id: string;
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
  const keptAtMs = new Map<string, number>();
  for (const say of readKept(storage, key)) if (memory.add(say.id, say.body).ok) keptAtMs.set(say.id, say.keptAtMs);

  const waiting = (): readonly KeptSay[] =>
    memory
      .list(0, maxEntries)
      .map(({ id, body }) => ({ id, body: body as JsonObject, keptAtMs: keptAtMs.get(id) ?? 0 }));
  const save = (): boolean => {
    try {
      storage.setItem(key, JSON.stringify(waiting()));
      return true;
    } catch {
      return false;
    }
  };
  const forget = (id: string): void => {
    memory.remove(id);
    keptAtMs.delete(id);
  };
  return {
    ...memory,
    waiting,
    add(id, body): Checked<null> {
      const isNew = !keptAtMs.has(id);
      const added = memory.add(id, body);
      if (!added.ok || !isNew) return added;
      keptAtMs.set(id, clock.nowMs());
      if (save()) return added;
      forget(id);
      return fault("outbox_full", "the storage of this page has no room", "say it again when the link is open");
    },
    remove(id) {
      forget(id);
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
