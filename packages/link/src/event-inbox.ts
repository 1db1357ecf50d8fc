import type { Log } from "@kingly/runtime";
import { formatCursor } from "./cursor.ts";
import type { Cursor, Start } from "./cursor.ts";
import { createMemoryCursorStore } from "./cursor-store.ts";
import type { CursorStore } from "./cursor-store.ts";
import type { LoggedEvent, Position } from "./event-log.ts";
import type { JsonObject } from "./is-json-object.ts";

/** What an app says of its stream. */
export interface StreamOptions {
  /** Deals with events, in order, each once; awaited. `cursor` is that of the last of them. */
  onEvent(events: readonly LoggedEvent<JsonObject>[], cursor: Cursor): void | Promise<void>;
  /** Loads a snapshot: what happened up to `position.head` will not be told. Awaited. Default: nothing. */
  onResync?(position: Position): void | Promise<void>;
  /** Where to begin without a saved cursor. Default `now`. */
  readonly startFrom?: "now" | "start";
  /** Where the cursor is kept. Default: memory. */
  readonly cursorStore?: CursorStore;
}

/** Takes frames in, hands events out: in order, without gaps, once. */
export interface EventInbox {
  /** What the hello says; the first time the cursor is loaded. */
  readonly begin: () => Promise<{ readonly after: string | null; readonly chain?: string | undefined }>;
  /** The server's hello: returns how many events will be replayed. */
  hello(position: Position): number;
  /** Returns why the connection must go: the events do not continue what was received, or too many wait. */
  events(events: readonly LoggedEvent<JsonObject>[]): string | undefined;
  /** Returns why the connection must go: too many wait. */
  resync(position: Position): string | undefined;
  /** The frame that acknowledges what is owed to the open connection, if anything; asking pays the debt. */
  takeAck(): string | undefined;
  /** Why there must be no connection: more waits than may. */
  overfull(): string | undefined;
  /** Drops what waits. */
  stop(): void;
}

const maxBatch = 256;

/** Creates the inbox of one client; it outlives connections. [LK20][LK22][LK23][LK24]
 *
 * `onHandled` when everything up to some event is dealt with and the cursor saved; `onFailed` when a handler failed and
 * what waited was dropped: it must be read again. */
export function createEventInbox(
  log: Log,
  stream: StreamOptions,
  maxWaitingEvents: number,
  onHandled: () => void,
  onFailed: () => void,
): EventInbox {
  const { cursorStore = createMemoryCursorStore(), startFrom = "now" } = stream;
  // Received runs ahead of handled by what waits: events, and positions to resync to.
  let received: Start | undefined;
  let handled: Start | undefined;
  let waiting: (LoggedEvent<JsonObject> | Position)[] = [];
  let streamEpoch: string | undefined;
  let owed: Cursor | undefined;
  let isRunning = false;

  const save = async (cursor: Cursor): Promise<boolean> => {
    handled = cursor;
    try {
      await cursorStore.save(cursor);
      return true;
    } catch (cause) {
      // The events are dealt with; the next save carries this cursor too.
      log.error("link: the cursor was not saved", { cause: String(cause) });
      return false;
    }
  };
  /** Deals with a resync, or with the events that wait one behind the other. Their epoch is that of what is handled. */
  const handleNext = async (first: LoggedEvent<JsonObject> | Position): Promise<Cursor> => {
    if ("head" in first) {
      waiting.shift();
      await stream.onResync?.(first);
      return cursorAtHead(first);
    }
    const end = waiting.findIndex((item, at) => at === maxBatch || "head" in item);
    const events = waiting.splice(0, end < 0 ? waiting.length : end) as LoggedEvent<JsonObject>[];
    const { seq, chain } = events.at(-1) ?? first;
    const cursor = { epoch: (handled as Cursor).epoch, seq, chain };
    await stream.onEvent(events, cursor);
    return cursor;
  };
  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      for (let next = waiting[0]; next; next = waiting[0]) {
        const cursor = await handleNext(next);
        if (await save(cursor)) {
          owed = cursor;
          onHandled();
        }
      }
    } catch (cause) {
      log.error("link: a handler of events failed", { cause: String(cause) });
      waiting = [];
      received = handled;
      onFailed();
    }
    isRunning = false;
  };

  const overfull = (): string | undefined => (waiting.length > maxWaitingEvents ? "too many events wait" : undefined);

  return {
    overfull,
    async begin() {
      received ??= handled = (await cursorStore.load()) ?? startFrom;
      if (typeof received === "object") return { after: formatCursor(received), chain: received.chain };
      return { after: received === "start" ? "0" : null };
    },
    hello({ epoch, head, low, chain }) {
      streamEpoch = epoch;
      if (typeof received !== "object") {
        // From here on there is a position, also before the first event came.
        received = received === "start" ? { epoch, seq: low - 1 } : { epoch, seq: head, chain };
        void save(received);
      }
      const { seq } = received;
      return received.epoch === epoch && seq >= low - 1 && seq <= head ? head - seq : 0;
    },
    events(events) {
      const { epoch, seq } = received as Cursor;
      const fresh = events.filter((event) => event.seq > seq);
      if (epoch !== streamEpoch || fresh.some((event, at) => event.seq !== seq + 1 + at)) return "a gap in events";
      const last = fresh.at(-1);
      if (last) received = { epoch, seq: last.seq, chain: last.chain };
      waiting.push(...fresh);
      void run();
      return overfull();
    },
    resync(position) {
      streamEpoch = position.epoch;
      received = cursorAtHead(position);
      waiting.push(position);
      void run();
      return overfull();
    },
    takeAck() {
      // An ack speaks of the stream of its connection: one of another epoch says nothing there.
      if (!owed || owed.epoch !== streamEpoch) return undefined;
      const { seq } = owed;
      owed = undefined;
      return JSON.stringify({ t: "ack", seq });
    },
    stop() {
      waiting = [];
    },
  };
}

function cursorAtHead({ epoch, head, chain }: Position): Cursor {
  return { epoch, seq: head, chain };
}
