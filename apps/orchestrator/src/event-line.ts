import { formatEvent, isCodecError } from "@kingly/codec";
import type { Event } from "@kingly/codec";
import type { StoredEvent } from "@kingly/store";
import { cutText } from "./cut-text.ts";

// A frame of the link holds 65,536 bytes of JSON, in which a line grows by its escapes; the rest is for the frame's own.
const maxTellableBytes = 60_000;

/** Tells whether an event has a line, and one that every hop can carry. What has none is refused at the door. [O15] */
export function isTellable(event: Event): boolean {
  return writeLine(event).ok;
}

/** Writes a row of the log as its coded line: the event type is the op, the payload its fields. [O15]
 *
 * A row too large for a frame is told without what the lists tell as well (steps, results, recovery); one that still
 * has no line is told as an error in its place, so that no seq is missing. */
export function eventLine(event: StoredEvent): string {
  const cid = event.cid === undefined ? {} : { cid: event.cid };
  if (event.eventType === "changed_outside") return formatEvent(changedOutside(event));
  const { steps: _steps, next_steps: _next, recovery: _recovery, ...least } = event.payload;
  for (const payload of [event.payload, least]) {
    const written = writeLine({ op: event.eventType, ...cid, ...payload } as unknown as Event);
    if (written.ok) return written.line;
  }
  const message = `The event ${event.eventType} of ${event.entityId} has no line of its own; the lists show what it was about.`;
  return formatEvent({ op: "error", ...cid, code: "unwritable_event", message: cutText(message, 500) });
}

// No line is about the tables: the front is told that there was a change, and the lists show what it was.
function changedOutside(event: StoredEvent): Event {
  const [operation, table, id] = ["operation", "table", "id"].map((name) => JSON.stringify(event.payload[name]));
  const summary = cutText(`Another program changed the database: ${operation} in ${table}, ${id}.`, 500);
  return { op: "context_loaded", context_id: "changed_outside", summary };
}

function writeLine(event: Event): { readonly ok: true; readonly line: string } | { readonly ok: false } {
  try {
    const line = formatEvent(event);
    return Buffer.byteLength(JSON.stringify(line)) > maxTellableBytes ? { ok: false } : { ok: true, line };
  } catch (thrown) {
    if (isCodecError(thrown)) return { ok: false };
    throw thrown;
  }
}
