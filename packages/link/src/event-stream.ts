import type { Clock, Log, Timer } from "@kingly/runtime";
import { checkOptions } from "./check-options.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { openEventFeed } from "./event-feed.ts";
import type { FeedSink } from "./event-feed.ts";
import type { EventLog, Position } from "./event-log.ts";
import { createEventReader } from "./event-reader.ts";
import type { EventReader } from "./event-reader.ts";

/** Where an event stream is written: an HTTP response whose head is sent, or a test's. */
export interface StreamSink {
  /** Writes; false when the sink is full and nothing more should come before `onDrain`. */
  write(text: string): boolean;
  onDrain(callback: () => void): void;
  onClose(callback: () => void): void;
  /** Ends the response. */
  end(): void;
}

/** Options of {@link createEventStreams}. */
export interface EventStreamOptions {
  /** A comment goes out so often, to keep proxies awake and to notice who left. Milliseconds, default 15,000. */
  readonly commentMs?: number;
  /** A sink that stays full for so long is ended. Milliseconds, default 10,000. */
  readonly slowMs?: number;
  /** So many events are read from the log at a time. Default 256. */
  readonly pageEvents?: number;
}

/** Where a stream begins, as the request says it. */
export interface StreamStart {
  /** The `Last-Event-ID` header; wins over `after`. */
  readonly lastEventId?: string | null | undefined;
  /** The `?after=` parameter: `0`, `epoch:seq`, or nothing for "from now". */
  readonly after?: string | null | undefined;
}

/** Server-sent events out of event logs. */
export interface EventStreams {
  /** Writes the stream of one log into one sink until either ends. Returns the way to end it. */
  open(eventLog: EventLog, start: StreamStart, sink: StreamSink): () => void;
}

/** Creates server-sent event streams: the same feed as the WebSocket's, in another dress. [LK30][LK31]
 *
 * Named `hello` {epoch, head, low} first, then unnamed messages `id: epoch:seq` and `data:` the body, a named
 * `resync` where there is no continuation, and a comment every `commentMs`. Named events have no id. */
export function createEventStreams(
  deps: { readonly clock: Clock; readonly log: Log },
  options: EventStreamOptions = {},
): EventStreams {
  const limits = { commentMs: 15_000, slowMs: 10_000, pageEvents: 256, ...options };
  checkOptions(limits);
  const readers = new WeakMap<EventLog, EventReader>();
  return {
    open(eventLog, start, sink) {
      const reader = readers.get(eventLog) ?? createEventReader(eventLog);
      readers.set(eventLog, reader);
      return openStream({ ...deps, reader }, limits, start, sink);
    },
  };
}

function openStream(
  deps: { readonly clock: Clock; readonly log: Log; readonly reader: EventReader },
  limits: Required<EventStreamOptions>,
  start: StreamStart,
  sink: StreamSink,
): () => void {
  const { clock, log, reader } = deps;
  let closed = false;
  let full = false;
  let comment: Timer | undefined;
  let slow: Timer | undefined;
  let epoch = "";
  let stopFeed = (): void => {};

  const stop = (): void => {
    closed = true;
    comment?.cancel();
    slow?.cancel();
    stopFeed();
  };
  const end = (): void => {
    if (closed) return;
    stop();
    sink.end();
  };
  const write = (text: string): void => {
    if (closed || sink.write(text) || full) return;
    full = true;
    slow = clock.setTimer(limits.slowMs, end);
  };
  const named = (name: string, { epoch: newEpoch, head, low }: Position): void => {
    epoch = newEpoch;
    write(`event: ${name}\ndata: ${JSON.stringify({ epoch, head, low })}\n\n`);
  };
  const commentLater = (): void => {
    comment = clock.setTimer(limits.commentMs, () => {
      // A full sink gets no comments: they would pile up behind the events.
      if (!full) write(": still here\n\n");
      if (!closed) commentLater();
    });
  };
  const feedSink: FeedSink = {
    hello: (position) => named("hello", position),
    resync: (position) => named("resync", position),
    hasRoom: () => !closed && !full,
    failed: end,
    take(events) {
      let taken = 0;
      for (const event of events) {
        if (!feedSink.hasRoom()) break;
        write(`id: ${formatCursor({ epoch, seq: event.seq })}\ndata: ${event.bodyText}\n\n`);
        taken += 1;
      }
      return taken;
    },
  };

  sink.onClose(stop);
  commentLater();
  const parsed = parseCursor(start.lastEventId || start.after);
  const begin = parsed.ok ? parsed.value : { epoch: "", seq: 0 };
  const feed = openEventFeed({ reader, log }, { start: begin, pageEvents: limits.pageEvents, sink: feedSink });
  stopFeed = () => feed.close();
  sink.onDrain(() => {
    full = false;
    slow?.cancel();
    feed.wake();
  });
  if (closed) feed.close();
  return end;
}
