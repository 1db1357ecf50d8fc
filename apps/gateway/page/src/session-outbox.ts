import { createStorageOutbox } from "@kingly/link/browser";
import type { MemoryOutbox, TextStorage } from "@kingly/link/browser";

/** Something that was said and is not settled: it survives a reload of its tab. */
export interface Waiting {
  readonly id: string;
  readonly text: string;
  readonly atMs: number;
}

/** The outbox of the page. */
export interface SessionOutbox extends MemoryOutbox {
  waiting(): readonly Waiting[];
}

/** Opens the outbox over the storage of one tab, with what an earlier load of the page left in it. At most 200 wait. */
export function openSessionOutbox(storage: TextStorage, nowMs: () => number): SessionOutbox {
  const outbox = createStorageOutbox({ storage, clock: { nowMs } }, { key: "kingly.outbox.2" });
  return {
    ...outbox,
    waiting: () =>
      outbox.waiting().map(({ id, body, keptAtMs }) => ({ id, text: String(body["text"]), atMs: keptAtMs })),
  };
}
