import type { Clock } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import type { LogPosition, Store } from "@kingly/store";
import { LRUCache } from "lru-cache";

/** One event, as far as a cache looks at it. */
export interface EventGlance {
  readonly seq: number;
  readonly event_type: string;
  readonly entity_type: string;
  readonly entity_id: string;
  /** JSON text. */
  readonly payload: string;
}

/** How often a cache had what was asked for, and how often it had it no more because something had happened. */
export interface FreshCounts {
  readonly hits: number;
  readonly misses: number;
  readonly dropped: number;
}

/** What is kept, and what would make it untrue. */
export interface Fresh<Value> {
  readonly value: Value;
  /** Until when it may stand, by the clock, whatever happens. */
  readonly untilMs: number;
  /** Tells whether an event makes it untrue. */
  isTouchedBy(event: EventGlance): boolean;
  /** Tells whether it still holds by what no event tells. @default true */
  isStill?(): boolean;
}

/** Values read from one workspace each, which are never given once an event made them untrue. */
export interface FreshCache<Value> {
  /** Gives the value when it is there and still true. */
  get(workspaceId: string, key: string): Value | undefined;
  /** Tells whether it is there and still true, without counting. */
  has(workspaceId: string, key: string): boolean;
  /** Keeps what was read when the log stood at `since`; without it, what was read just now, nothing awaited meanwhile. */
  keep(workspaceId: string, key: string, fresh: Fresh<Value>, since?: LogPosition): void;
  /** Where the log stands: taken before something is read that is kept afterwards. */
  position(workspaceId: string): LogPosition | undefined;
  counts(): FreshCounts;
}

interface Entry<Value> extends Fresh<Value> {
  readonly epoch: string;
  /** The last event that was looked at. */
  seq: number;
}

// To look at more than these costs about as much as to read anew.
const maxEventsLooked = 256;

/** Creates the cache. It looks at the log when it is asked, at most 256 events of it; more, and the value is made anew. [O62] */
export function createFreshCache<Value extends object>(
  deps: { readonly clock: Clock; readonly database: Pick<Database, "all">; readonly store: Pick<Store, "events"> },
  options: { readonly maxEntries: number },
): FreshCache<Value> {
  const { clock, database, store } = deps;
  const entries = new LRUCache<string, Entry<Value>>({ max: options.maxEntries });
  let hits = 0;
  let misses = 0;
  let dropped = 0;

  const isTrue = (workspaceId: string, entry: Entry<Value>): boolean => {
    const now = store.events.position(workspaceId);
    if (now === undefined || now.epoch !== entry.epoch || clock.nowMs() >= entry.untilMs) return false;
    if (entry.isStill?.() === false) return false;
    if (now.head === entry.seq) return true;
    if (now.head < entry.seq || now.head - entry.seq > maxEventsLooked) return false;
    const events = database.all<EventGlance>(
      `SELECT seq, event_type, entity_type, entity_id, payload FROM events
       WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
      workspaceId,
      entry.seq,
      maxEventsLooked,
    );
    if (events.some((event) => entry.isTouchedBy(event))) return false;
    entry.seq = events.at(-1)?.seq ?? entry.seq;
    return true;
  };

  return {
    get(workspaceId, key) {
      const name = `${workspaceId}\n${key}`;
      const entry = entries.get(name);
      if (entry !== undefined && isTrue(workspaceId, entry)) {
        hits += 1;
        return entry.value;
      }
      misses += 1;
      if (entry === undefined) return undefined;
      dropped += 1;
      entries.delete(name);
      return undefined;
    },
    has(workspaceId, key) {
      const entry = entries.peek(`${workspaceId}\n${key}`);
      return entry !== undefined && isTrue(workspaceId, entry);
    },
    keep(workspaceId, key, fresh, since = store.events.position(workspaceId)) {
      if (since === undefined) return;
      entries.set(`${workspaceId}\n${key}`, { ...fresh, epoch: since.epoch, seq: since.head });
    },
    position: (workspaceId) => store.events.position(workspaceId),
    counts: () => ({ hits, misses, dropped }),
  };
}
