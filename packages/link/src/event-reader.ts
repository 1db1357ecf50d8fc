import { isChain } from "./cursor.ts";
import type { EventLog, LoggedEvent, Position } from "./event-log.ts";
import { maxFrameBytes } from "./frames.ts";
import { joinBody, joinTexts } from "./join-body.ts";
import { utf8Bytes } from "./utf8-bytes.ts";

/** An event as text, written once for every socket and stream. */
export interface EncodedEvent {
  readonly seq: number;
  /** The body alone: the data of an SSE message. */
  readonly bodyText: string;
  /** `{"seq","chain"?,...body}`: an element of an `events` frame. */
  readonly rowText: string;
  /** `{"t":"event","seq","chain"?,...body}`: a frame of its own. */
  readonly frameText: string;
  readonly rowBytes: number;
  /** Why this event cannot be told; then the texts are empty. */
  readonly untellable?: string;
}

/** Reads one log for many feeds, keeping the newest events as text. */
export interface EventReader {
  readonly eventLog: EventLog;
  /** The events after `afterSeq`, at most `limit`, as the log stands at `position`. */
  read(position: Position, afterSeq: number, limit: number): readonly EncodedEvent[] | Promise<readonly EncodedEvent[]>;
}

/** Creates a reader that writes each of the newest `maxCachedEvents` events once, whoever asks. [LK11]
 *
 * Feeds that ask for the same page at the same time share one read of the log. */
export function createEventReader(eventLog: EventLog, maxCachedEvents = 256): EventReader {
  let epoch = "";
  const cache = new Map<number, EncodedEvent>();
  const inFlight = new Map<string, Promise<readonly EncodedEvent[]>>();

  const fromCache = (position: Position, afterSeq: number, limit: number): readonly EncodedEvent[] => {
    const events: EncodedEvent[] = [];
    for (let seq = afterSeq + 1; seq <= position.head && events.length < limit; seq += 1) {
      const event = cache.get(seq);
      if (event === undefined) break;
      events.push(event);
    }
    return events;
  };
  const encode = (position: Position, rows: readonly LoggedEvent[]): readonly EncodedEvent[] =>
    rows.map((row) => {
      const known = position.epoch === epoch ? cache.get(row.seq) : undefined;
      const event = known ?? encodeEvent(row);
      // Old pages are read by those who were away; they must not push out what everybody needs next.
      if (position.epoch === epoch && row.seq > position.head - maxCachedEvents) cache.set(row.seq, event);
      return event;
    });
  const forget = (position: Position): void => {
    if (position.epoch !== epoch) {
      epoch = position.epoch;
      cache.clear();
    }
    for (const seq of cache.keys()) {
      if (seq > position.head - maxCachedEvents && seq <= position.head) break;
      cache.delete(seq);
    }
  };

  return {
    eventLog,
    read(position, afterSeq, limit) {
      forget(position);
      const cached = fromCache(position, afterSeq, limit);
      if (cached.length > 0) return cached;
      const key = `${position.epoch}:${afterSeq}:${limit}`;
      const shared = inFlight.get(key);
      if (shared !== undefined) return shared;
      const rows = eventLog.read(afterSeq, limit);
      if (!(rows instanceof Promise)) return encode(position, rows);
      const reading = rows.then((rows) => encode(position, rows)).finally(() => inFlight.delete(key));
      inFlight.set(key, reading);
      return reading;
    },
  };
}

// The frame around a row: {"t":"events","events":[]} is 26 bytes, {"t":"event", is 13.
const frameBytes = 32;

function encodeEvent({ seq, chain, body }: LoggedEvent): EncodedEvent {
  try {
    const bodyText = joinBody({}, body, ["t", "seq", "chain"]);
    const rowText = joinTexts(isChain(chain) ? `{"seq":${seq},"chain":"${chain}"}` : `{"seq":${seq}}`, bodyText);
    const rowBytes = utf8Bytes(rowText);
    if (rowBytes + frameBytes < maxFrameBytes) {
      return { seq, bodyText, rowText, frameText: `{"t":"event",${rowText.slice(1)}`, rowBytes };
    }
    return untellable(seq, `it is ${rowBytes} bytes and a frame holds less than ${maxFrameBytes}`);
  } catch (cause) {
    return untellable(seq, cause instanceof Error ? cause.message : String(cause));
  }
}

function untellable(seq: number, why: string): EncodedEvent {
  return { seq, bodyText: "", rowText: "", frameText: "", rowBytes: 0, untellable: why };
}
