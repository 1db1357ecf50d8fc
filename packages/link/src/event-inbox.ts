import type { Log } from "@kingly/runtime";
import { formatCursor, placeCursor } from "./cursor.ts";
import type { Cursor, Start } from "./cursor.ts";
import type { CursorStore } from "./cursor-store.ts";
import type { LoggedEvent, Position } from "./event-log.ts";
import type { JsonObject } from "./is-json-object.ts";

/** What an app does with its stream. */
export interface StreamHandlers {
  /** Deals with events, in order, each once; awaited. `cursor` is that of the last of them. */
  onEvent(events: readonly LoggedEvent<JsonObject>[], cursor: Cursor): void | Promise<void>;
  /** Loads a snapshot: what happened up to `position.head` will not be told. Awaited. Default: nothing. */
  onResync?(position: Position): void | Promise<void>;
}

/** What an inbox needs of its client. */
export interface InboxOptions {
  readonly handlers: StreamHandlers;
  /** Where to begin without a saved cursor. */
  readonly startFrom: "now" | "start";
  readonly maxWaitingEvents: number;
  /** Everything up to here is dealt with and the cursor saved. */
  onHandled(): void;
  /** A handler failed, and what waited was dropped: it must be read again. */
  onFailed(): void;
}

/** Takes frames in, hands events out: in order, without gaps, once. */
export interface EventInbox {
  /** What the hello says; the first time the cursor is loaded. */
  begin(): Promise<{ readonly after: string | null; readonly chain?: string | undefined }>;
  /** The server's hello: returns how many events will be replayed. */
  hello(position: Position): number;
  /** False when the events do not continue what was received: the connection is broken. */
  events(events: readonly LoggedEvent<JsonObject>[]): boolean;
  resync(position: Position): void;
  /** The seq to acknowledge on the open connection, if one is owed; asking pays the debt. */
  takeAck(): number | undefined;
  /** True when more waits than may: the connection must go, and come back when this is false. */
  isFull(): boolean;
  /** Drops what waits. */
  stop(): void;
}

const maxBatch = 256;

/** Creates the inbox of one client; it outlives connections. [LK20][LK22][LK23][LK24] */
export function createEventInbox(
  deps: { readonly cursorStore: CursorStore; readonly log: Log },
  options: InboxOptions,
): EventInbox {
  const { cursorStore, log } = deps;
  const { handlers, startFrom, maxWaitingEvents, onHandled, onFailed } = options;
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
      log.error("link: the cursor could not be saved", { cause: String(cause) });
      return false;
    }
  };
  /** Deals with a resync, or with the events that wait one behind the other. Their epoch is that of what is handled. */
  const handleNext = async (first: LoggedEvent<JsonObject> | Position): Promise<Cursor> => {
    if ("head" in first) {
      waiting.shift();
      await handlers.onResync?.(first);
      return cursorAtHead(first);
    }
    const end = waiting.findIndex((item, at) => at === maxBatch || "head" in item);
    const events = waiting.splice(0, end < 0 ? waiting.length : end) as LoggedEvent<JsonObject>[];
    const { seq, chain } = events.at(-1) ?? first;
    const cursor = { epoch: (handled as Cursor).epoch, seq, chain };
    await handlers.onEvent(events, cursor);
    return cursor;
  };
  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
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

  return {
    async begin() {
      received ??= handled = (await cursorStore.load()) ?? startFrom;
      if (typeof received === "object") return { after: formatCursor(received), chain: received.chain };
      return { after: received === "start" ? "0" : null };
    },
    hello(position) {
      streamEpoch = position.epoch;
      const { afterSeq, resync } = placeCursor(received ?? startFrom, position);
      if (resync) return 0;
      if (typeof received !== "object") {
        // From here on there is a position, also before the first event came. The chain is that of the head.
        const { epoch, head, chain } = position;
        received = { epoch, seq: afterSeq, chain: afterSeq === head ? chain : undefined };
        void save(received);
      }
      return position.head - afterSeq;
    },
    events(events) {
      if (typeof received !== "object" || streamEpoch !== received.epoch) return false;
      const { epoch, seq } = received;
      const fresh = events.filter((event) => event.seq > seq);
      if (fresh.some((event, at) => event.seq !== seq + 1 + at)) return false;
      const last = fresh.at(-1);
      if (last !== undefined) received = { epoch, seq: last.seq, chain: last.chain };
      waiting.push(...fresh);
      void run();
      return true;
    },
    resync(position) {
      streamEpoch = position.epoch;
      received = cursorAtHead(position);
      waiting.push(position);
      void run();
    },
    takeAck() {
      // An ack speaks of the stream of its connection: one of another epoch says nothing there.
      const seq = owed?.epoch === streamEpoch ? owed?.seq : undefined;
      if (seq !== undefined) owed = undefined;
      return seq;
    },
    isFull: () => waiting.length > maxWaitingEvents,
    stop() {
      waiting = [];
    },
  };
}

function cursorAtHead({ epoch, head, chain }: Position): Cursor {
  return { epoch, seq: head, chain };
}
