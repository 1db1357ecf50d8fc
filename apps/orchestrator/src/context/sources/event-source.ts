import { cutText } from "../../cut-text.ts";
import type { Piece } from "../context.ts";
import type { ContextDeps } from "../context-deps.ts";
import type { Source } from "../source.ts";

/** Something that events are about. */
export interface EntityRef {
  readonly entityType: "task" | "run";
  readonly entityId: string;
}

interface Row {
  readonly seq: number;
  readonly event_type: string;
  readonly payload: string;
  readonly created_at: number;
}

// Each is one read of an index; more things than these would only crowd the newest out.
const maxThings = 8;

/** Reads the newest events about what was found, newest first. `about` is asked when the events are. */
export function eventSource(
  { database }: ContextDeps,
  workspaceId: string,
  about: () => readonly EntityRef[],
  limit: number,
): Source {
  return {
    name: "events",
    heading: "What happened lately",
    read: () =>
      about()
        .slice(0, maxThings)
        .flatMap(({ entityType, entityId }) =>
          database.all<Row>(
            // The index events_by_entity gives them in this order.
            `SELECT seq, event_type, payload, created_at FROM events
             WHERE workspace_id = ? AND entity_type = ? AND entity_id = ? ORDER BY seq DESC LIMIT ?`,
            workspaceId,
            entityType,
            entityId,
            limit,
          ),
        )
        .toSorted((a, b) => b.seq - a.seq)
        .flatMap((row) => toPiece(row))
        .slice(0, limit),
  };
}

function toPiece({ seq, event_type: type, payload, created_at: atMs }: Row): readonly Piece[] {
  const text = wordsOf(type, JSON.parse(payload) as Readonly<Record<string, unknown>>);
  return text === undefined ? [] : [{ kind: "event", id: String(seq), atMs, text }];
}

function wordsOf(type: string, payload: Readonly<Record<string, unknown>>): string | undefined {
  const say = (name: string): string => {
    const value = payload[name];
    return cutText(typeof value === "string" ? value : JSON.stringify(value ?? ""), 200);
  };
  switch (type) {
    case "status_update":
      return `${say("entity_id")} became ${say("status")}`;
    case "task_complete":
      return `${say("task_id")} was completed: ${say("result")}`;
    case "task_ready":
      return `${say("task_id")} was ready, ${say("routing")}`;
    case "task_related":
      return `${say("task_id")} ${say("kind").replace("_", " ")} ${say("other_id")}`;
    case "error":
      return `failed: ${say("message")}`;
    case "run_described":
    case "task_described":
      return `“${say("title")}” was described`;
    default:
      return undefined;
  }
}
