import { formatEvent, isCodecError } from "@kingly/codec";
import type { Event } from "@kingly/codec";
import type { JsonObject, StoredEvent } from "@kingly/store";
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
  const { op, ...told } = tellAs(event);
  const { steps: _steps, next_steps: _next, recovery: _recovery, ...least } = told;
  for (const payload of [told, least]) {
    const written = writeLine({ op, ...cid, ...payload } as unknown as Event);
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

// Changes of the past, what stands between tasks and workspaces, and the graph: the front has no code for them and shows none.
const quiet: ReadonlySet<string> = new Set([
  "memory_retracted",
  "memory_superseded",
  "task_retracted",
  "project_retracted",
  "run_retracted",
  "task_unrelated",
  "link_granted",
  "link_revoked",
  // The knowledge graph.
  "entity_described",
  "observations_ended",
  "entity_retracted",
  "entity_forgotten",
  "entities_merged",
  "entities_separated",
  "relation_stated",
  "relation_ended",
  "relation_forgotten",
]);

/** Gives an event the op and the fields of its line. What is quiet is told as a state of its entity, so that its seq is
 * there and nobody is shown anything; a memory or a task that ended is told as gone. */
function tellAs({ eventType, entityType, entityId, payload }: StoredEvent): { readonly op: string } & JsonObject {
  if (!quiet.has(eventType)) {
    // Fields that a line has no place for are left to the lists.
    const { semantic: _semantic, supersedes: _old, valid_from: _from, valid_to: _to, ...rest } = payload;
    return { op: eventType, ...(eventType === "memory_stored" ? rest : payload) };
  }
  if (payload["ended"] === true) {
    if (entityType === "memory") return { op: "memory_forgotten", key: entityId, at: payload["at"] };
    if (entityType === "task" || entityType === "run") {
      return { op: "status_update", entity_id: entityId, status: "cancelled", progress: 1 };
    }
  }
  return { op: "status_update", entity_id: `${entityType}:${entityId}`, status: eventType, progress: 1 };
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
