// Step 5 of the walk: the store's log, one row one line, as the link's event log.
import { formatEvent, isCodecError } from "@kingly/codec";
import type { Event } from "@kingly/codec";
import type { EventLog } from "@kingly/link";
import type { Log } from "@kingly/runtime";
import type { Store, StoredEvent } from "@kingly/store";

/** What one event carries to the front. */
export interface LineBody {
  readonly line: string;
  readonly cid?: string;
  /** When it was committed, in ms. */
  readonly at: number;
}

/** Writes a row of the log as its coded line: the event type is the op, the payload its fields. [O15]
 *
 * A row that no line can carry is told as an error event in its place, so that no seq is missing. */
export function eventLine(event: StoredEvent): string {
  const cid = event.cid === undefined ? {} : { cid: event.cid };
  try {
    return formatEvent({ op: event.eventType, ...cid, ...event.payload } as unknown as Event);
  } catch (thrown) {
    if (!isCodecError(thrown)) throw thrown;
    const message = `The event ${event.eventType} of ${event.entityId} cannot be written: ${thrown.message}`;
    return formatEvent({ op: "error", ...cid, code: "unwritable_event", message: message.slice(0, 500) });
  }
}

/** Gives each workspace's log to the link; the same object for the same workspace. */
export function createAnnounceEvents(deps: {
  readonly store: Store;
  readonly log: Log;
}): (workspaceId: string) => EventLog<LineBody> {
  const logs = new Map<string, EventLog<LineBody>>();
  const { events } = deps.store;
  return (workspaceId) => {
    const known = logs.get(workspaceId);
    if (known !== undefined) return known;
    const log: EventLog<LineBody> = {
      position: () => {
        const position = events.position(workspaceId);
        if (position === undefined) throw new Error(`The workspace ${workspaceId} was not opened.`);
        return position;
      },
      read: (afterSeq, limit) =>
        events
          .readAfter(workspaceId, afterSeq, Math.min(limit, 1000))
          .map((event) => ({ seq: event.seq, body: bodyOf(event) })),
      subscribe: (onAppend) => events.subscribe(workspaceId, onAppend),
    };
    logs.set(workspaceId, log);
    return log;
  };
}

/** The body of one event. */
export function bodyOf(event: StoredEvent): LineBody {
  return { line: eventLine(event), ...(event.cid === undefined ? {} : { cid: event.cid }), at: event.atMs };
}
