import type { Cursor } from "./cursor.ts";

/** Where a client keeps its cursor. To survive the process, save it together with what the events changed. */
export interface CursorStore {
  /** The cursor to resume after; null when there is none yet. */
  load(): Cursor | null | Promise<Cursor | null>;
  save(cursor: Cursor): void | Promise<void>;
}

/** Creates a store that forgets with the process. */
export function createMemoryCursorStore(cursor: Cursor | null = null): CursorStore {
  let kept = cursor;
  return {
    load: () => kept,
    save(cursor) {
      kept = cursor;
    },
  };
}
