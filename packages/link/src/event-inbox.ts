import type { Log } from "@kingly/runtime";
import { formatCursor, placeCursor } from "./cursor.ts";
import type { Cursor, Start } from "./cursor.ts";
import type { CursorStore } from "./cursor-store.ts";
import type { LoggedEvent, Position } from "./event-log.ts";
import type { JsonObject } from "./parse-json.ts";

/** What a client does with its stream. */
export interface InboxHandlers {
  /** Deals with events, in order, each once; awaited. `cursor` is that of the last of them. */
  onEvent(events: readonly LoggedEvent<JsonObject>[], cursor: Cursor): void | Promise<void>;
  /** Loads a snapshot: what happened up to `position.head` will not be told; awaited. */
  onResync(position: Position): void | Promise<void>;
  /** Everything up to here is dealt with and the cursor saved. */
  onHandled(): void;
  /** A handler failed, and what waited was dropped: it must be read again. */
  onFailed(): void;
}

/** Takes frames in, hands events out: in order, without gaps, once. */
export interface EventInbox {
  /** What the hello says. */
  begin(): { readonly after: string | null; readonly chain?: string };
  /** The server's hello: returns how many events will be replayed. */
  hello(position: Position): number;
  /** False when the events do not continue what was received: the connection is broken. */
  events(events: readonly LoggedEvent<JsonObject>[]): boolean;
  resync(position: Position): void;
  /** The seq to acknowledge on the open connection, if one is owed; asking pays the debt. */
  takeAck(): number | undefined;
  /** True when more waits than may: the connection must go, and come back when this is false. */
  isFull(): boolean;
  stop(): void;
}

type Item = { readonly epoch: string; readonly events: LoggedEvent<JsonObject>[] } | { readonly position: Position };

const maxBatch = 256;

/** Creates the inbox of one client; it outlives connections. [LK20][LK22][LK23][LK24] */
export function createEventInbox(
  deps: { readonly cursorStore: CursorStore; readonly log: Log },
  options: { readonly start: Start; readonly maxWaitingEvents: number; readonly handlers: InboxHandlers },
): EventInbox {
  const { cursorStore, log } = deps;
  const { handlers, maxWaitingEvents } = options;
  // Received runs ahead of handled by what waits in `items`.
  let received = options.start;
  let handled = options.start;
  let streamEpoch: string | undefined;
  let items: Item[] = [];
  let waitingEvents = 0;
  let owed: Cursor | undefined;
  let running = false;
  let stopped = false;

  const handle = async (item: Item): Promise<void> => {
    const cursor = cursorAfter(item);
    const done = "position" in item ? handlers.onResync(item.position) : handlers.onEvent(item.events, cursor);
    if (done instanceof Promise) await done;
    handled = cursor;
    if (!(await save(cursor))) return;
    owed = cursor;
    if (!stopped) handlers.onHandled();
  };
  const save = async (cursor: Cursor): Promise<boolean> => {
    try {
      const saved = cursorStore.save(cursor);
      if (saved instanceof Promise) await saved;
      return true;
    } catch (cause) {
      // The events are dealt with; the next save carries this cursor too.
      log.error("link: the cursor could not be saved", { cause: String(cause) });
      return false;
    }
  };
  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      while (items.length > 0 && !stopped) await handle(takeItem());
    } catch (cause) {
      log.error("link: a handler of events failed", { cause: String(cause) });
      items = [];
      waitingEvents = 0;
      received = handled;
      if (!stopped) handlers.onFailed();
    } finally {
      running = false;
    }
  };
  /** The next item; events that wait one behind the other go out together. */
  const takeItem = (): Item => {
    const first = items[0] as Item;
    if ("position" in first) {
      items.shift();
      return first;
    }
    const events = first.events.splice(0, maxBatch);
    if (first.events.length === 0) items.shift();
    waitingEvents -= events.length;
    return { epoch: first.epoch, events };
  };
  const put = (item: Item): void => {
    const last = items.at(-1);
    if ("events" in item) waitingEvents += item.events.length;
    if (last !== undefined && "events" in last && "events" in item) last.events.push(...item.events);
    else items.push(item);
    void run();
  };

  return {
    begin() {
      if (typeof received !== "object") return { after: received === "start" ? "0" : null };
      return { after: formatCursor(received), ...chainOf(received) };
    },
    hello(position) {
      const placed = placeCursor(received, position);
      streamEpoch = position.epoch;
      if (placed.resync) return 0;
      if (typeof received !== "object") {
        // From here on there is a position, also before the first event came.
        const isHead = placed.afterSeq === position.head;
        received = { epoch: position.epoch, seq: placed.afterSeq, ...(isHead ? chainOf(position) : {}) };
        handled = received;
        void save(received);
      }
      return position.head - placed.afterSeq;
    },
    events(events) {
      if (typeof received !== "object" || streamEpoch !== received.epoch) return false;
      const { epoch, seq } = received;
      const fresh = events.filter((event) => event.seq > seq);
      if (fresh.some((event, at) => event.seq !== seq + 1 + at)) return false;
      if (fresh.length === 0) return true;
      received = { epoch, seq: seq + fresh.length, ...chainOf(fresh.at(-1)) };
      put({ epoch, events: fresh });
      return true;
    },
    resync(position) {
      streamEpoch = position.epoch;
      received = cursorAfter({ position });
      put({ position });
    },
    takeAck() {
      // An ack speaks of the stream of its connection: one of another epoch says nothing there.
      const seq = owed !== undefined && owed.epoch === streamEpoch ? owed.seq : undefined;
      if (seq !== undefined) owed = undefined;
      return seq;
    },
    isFull: () => waitingEvents > maxWaitingEvents,
    stop() {
      stopped = true;
      items = [];
    },
  };
}

function cursorAfter(item: Item): Cursor {
  if ("position" in item) {
    const { epoch, head } = item.position;
    return { epoch, seq: head, ...chainOf(item.position) };
  }
  const last = item.events.at(-1);
  return { epoch: item.epoch, seq: last?.seq ?? 0, ...chainOf(last) };
}

function chainOf(from: { readonly chain?: string } | undefined): { readonly chain?: string } {
  return from?.chain === undefined ? {} : { chain: from.chain };
}
