import type { Checked, Outbox, OutboxEntry } from "@kingly/link/browser";

/** The part of the browser's `sessionStorage` that is used. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

/** Something that was said and is not settled: it survives a reload of its tab. */
export interface Waiting {
  readonly id: string;
  readonly text: string;
  readonly atMs: number;
}

/** The outbox of the page. */
export interface SessionOutbox extends Outbox {
  add(id: string, body: object): Checked<null>;
  waiting(): readonly Waiting[];
}

const key = "kingly.outbox.1";
const maxWaiting = 200;

/** Opens the outbox over the storage of one tab, with what an earlier load of the page left in it. At most 200 wait. */
export function openSessionOutbox(storage: TextStorage, nowMs: () => number): SessionOutbox {
  const waiting = new Map(readWaiting(storage).map((entry) => [entry.id, entry]));
  const orders = new Map([...waiting.keys()].map((id, index) => [id, index + 1]));
  let order = waiting.size;
  const save = (): boolean => {
    try {
      storage.setItem(key, JSON.stringify([...waiting.values()]));
      return true;
    } catch {
      return false;
    }
  };
  const full = (message: string): Checked<null> => ({
    ok: false,
    error: { code: "outbox_full", message, hint: "Wait until the connection is back, then send it again." },
  });
  return {
    waiting: () => [...waiting.values()],
    add(id, body) {
      if (waiting.has(id)) return { ok: true, value: null };
      if (waiting.size >= maxWaiting) return full(`${maxWaiting} messages wait to be sent; there is no room for more.`);
      const { text } = body as { readonly text: string };
      waiting.set(id, { id, text, atMs: nowMs() });
      if (!save()) {
        waiting.delete(id);
        return full("The browser has no room to keep this message.");
      }
      order += 1;
      orders.set(id, order);
      return { ok: true, value: null };
    },
    remove(id) {
      waiting.delete(id);
      orders.delete(id);
      // A message that is kept too long is said again under its own id: it takes effect once.
      save();
    },
    list(afterOrder, limit) {
      const entries = [...waiting.values()].map(({ id, text }): OutboxEntry => ({
        order: orders.get(id) ?? 0,
        id,
        body: { text },
      }));
      return entries.filter((entry) => entry.order > afterOrder).slice(0, limit);
    },
  };
}

function readWaiting(storage: TextStorage): readonly Waiting[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? (kept as readonly Waiting[]) : [];
  } catch {
    return [];
  }
}
