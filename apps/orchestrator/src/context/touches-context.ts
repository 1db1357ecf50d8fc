import type { Piece } from "./context.ts";
import type { EventGlance } from "./fresh-cache.ts";
import { relates } from "./known-relationships.ts";
import type { Subject } from "./subject.ts";

/** What a context was made from. */
export interface MadeFrom {
  readonly contextId: string;
  readonly subject: Subject;
  /** Everything that was read, also what had no room. */
  readonly read: readonly Piece[];
}

// Whatever is remembered or known anew may be nearer than what was found.
const knowledge = /^(?:memory|entity|entities|observations|relation|project)_|^changed_outside$/;
// They tell of commands and contexts, not of things.
const notThings: ReadonlySet<string> = new Set(["context", "command", "utterance"]);

/** Creates the question whether an event makes a context untrue. [O62]
 *
 * It does when it concerns a thing that the context was made from, adds a part to one or a run to a workflow, adds or ends
 * memories, entities, relations or projects of the workspace, or, for a conversation, is something said in its span. */
export function createTouches({ contextId, subject, read }: MadeFrom): (event: EventGlance) => boolean {
  const ids = new Set([contextId, ...read.map(({ id }) => id)]);
  // Words may mean a task that did not exist yet.
  const searchesTasks = subject.kind === "words" || subject.kind === "memory" || subject.kind === "entity";
  return (event) => {
    const { event_type: type, entity_type: entityType, entity_id: entityId } = event;
    if (knowledge.test(type)) return true;
    if (type === "utterance_recorded" || type === "reply") {
      return subject.kind === "conversation" && isWithin(event, subject);
    }
    if (notThings.has(entityType)) return false;
    if (ids.has(entityId) || ids.has(entityId.slice(0, Math.max(0, entityId.indexOf("."))))) return true;
    if (type === "task_related" || type === "task_unrelated") return relates(event, ...ids);
    if (type === "task_described") return searchesTasks || fieldIn(event, "parent_id", ids);
    if (type === "run_described") return fieldIn(event, "workflow_id", ids);
    return false;
  };
}

function isWithin(
  { payload }: EventGlance,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): boolean {
  const { at } = JSON.parse(payload) as { readonly at?: unknown };
  return typeof at !== "number" || (at >= fromMs && at < toMs);
}

function fieldIn({ payload }: EventGlance, name: string, ids: ReadonlySet<string>): boolean {
  const value = (JSON.parse(payload) as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" && ids.has(value);
}
