import type { Log } from "@kingly/runtime";
import { placeCursor } from "./cursor.ts";
import type { Start } from "./cursor.ts";
import type { Position } from "./event-log.ts";
import type { EncodedEvent, EventReader } from "./event-reader.ts";

/** Where a feed puts what it read: a WebSocket session or an SSE stream. */
export interface FeedSink {
  hello(position: Position): void;
  /** Takes as many of the events, in order, as there is room for; returns how many. */
  take(events: readonly EncodedEvent[]): number;
  hasRoom(): boolean;
  resync(position: Position): void;
  /** The log failed; the feed has stopped. */
  failed(): void;
}

/** Pulls one log into one sink. */
export interface EventFeed {
  /** Goes on: the log grew, or the sink has room again. */
  wake(): void;
  /** The last seq the sink took, or was told to start after. */
  lastSeq(): number;
  epoch(): string;
  close(): void;
}

/** Opens a feed: hello, a resync when the start has no continuation, then pages of the log for ever. [LK2][LK8]
 *
 * The log is the only buffer: nothing is read while the sink has no room, and what a sink did not take is read
 * again. An epoch change, a trimmed or shrunk log, a hole and an event that cannot be told end in a resync. [LK9] */
export function openEventFeed(
  deps: { readonly reader: EventReader; readonly log: Log },
  options: { readonly start: Start; readonly pageEvents: number; readonly sink: FeedSink },
): EventFeed {
  const { reader, log } = deps;
  const { sink, pageEvents } = options;
  let epoch = "";
  let afterSeq = 0;
  let closed = false;
  let busy = false;
  let woken = false;
  // The sink took less than there was: what the log gets meanwhile is no news to it. [LK12]
  let full = false;
  let stopListening = (): void => {};

  const close = (): void => {
    closed = true;
    stopListening();
  };
  const fail = (cause: unknown): void => {
    if (closed) return;
    close();
    log.error("link: the event log failed", { cause: String(cause) });
    sink.failed();
  };
  const chained = (position: Position): Position => {
    const chain = reader.eventLog.chainAt?.(position.head);
    return chain === undefined ? position : { ...position, chain };
  };
  const resync = (position: Position): void => {
    epoch = position.epoch;
    afterSeq = position.head;
    sink.resync(chained(position));
  };

  /** Only who brings a chain has it compared. */
  const chainHeldAt = (start: Start): string | undefined =>
    typeof start === "object" && start.chain !== undefined ? reader.eventLog.chainAt?.(start.seq) : undefined;

  /** Gives a page to the sink; false when the sink is full. */
  const deliver = (events: readonly EncodedEvent[]): boolean => {
    const good = tellablePrefix(events, afterSeq);
    if (good.length === 0) {
      const why = events[0]?.untellable ?? "the log has a hole";
      log.error("link: an event cannot be told, the stream resyncs past it", { seq: afterSeq + 1, why });
      resync(reader.eventLog.position());
      return true;
    }
    const taken = sink.take(good);
    afterSeq += taken;
    return taken === good.length;
  };
  const pump = (): void => {
    if (closed || busy) return;
    busy = true;
    full = false;
    try {
      while (!closed) {
        const position = reader.eventLog.position();
        const standing = placeCursor({ epoch, seq: afterSeq }, position);
        if (standing.resync) resync(position);
        if (afterSeq === position.head) break;
        full = !sink.hasRoom();
        if (full) break;
        const page = reader.read(position, afterSeq, pageEvents);
        if (page instanceof Promise) {
          page.then((events) => deliverLater(events, position.epoch), fail);
          return;
        }
        full = !deliver(page);
        if (full) break;
      }
      busy = false;
    } catch (cause) {
      fail(cause);
    }
  };
  const deliverLater = (events: readonly EncodedEvent[], readEpoch: string): void => {
    busy = false;
    if (closed) return;
    try {
      // The log may have become another one while it was read; then the page means nothing.
      full = reader.eventLog.position().epoch === readEpoch && !deliver(events);
      if (!full) pump();
    } catch (cause) {
      fail(cause);
    }
  };
  // One turn later: several appends of one tick become one frame, and nothing is read inside the app's commit.
  const wake = (): void => {
    if (woken || closed) return;
    woken = true;
    queueMicrotask(() => {
      woken = false;
      pump();
    });
  };

  try {
    stopListening = reader.eventLog.subscribe(() => {
      if (!full) wake();
    });
    const position = reader.eventLog.position();
    const placed = placeCursor(options.start, position, chainHeldAt(options.start));
    epoch = position.epoch;
    afterSeq = placed.afterSeq;
    sink.hello(chained(position));
    if (placed.resync) resync(position);
    pump();
  } catch (cause) {
    fail(cause);
  }
  return { wake, lastSeq: () => afterSeq, epoch: () => epoch, close };
}

function tellablePrefix(events: readonly EncodedEvent[], afterSeq: number): readonly EncodedEvent[] {
  const bad = events.findIndex((event, at) => event.seq !== afterSeq + 1 + at || event.untellable !== undefined);
  return bad === -1 ? events : events.slice(0, bad);
}
