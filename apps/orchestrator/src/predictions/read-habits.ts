import type { Database } from "@kingly/sqlite";
import type { LogPosition } from "@kingly/store";

/** One row of the log that tells what people do. */
export type HabitRow = { readonly seq: number; readonly turnId: string } & (
  | { readonly kind: "said"; readonly text: string; readonly atMs: number }
  | { readonly kind: "workflow"; readonly workflowId: string }
  | { readonly kind: "context"; readonly contextId: string }
);

interface Row {
  readonly seq: number;
  readonly event_type: string;
  readonly entity_id: string;
  readonly turn_id: string | null;
  readonly payload: string;
  readonly created_at: number;
}

/** Finds the seq after which to read, so that at most `maxSaid` utterances and `maxRows` rows come. One read of an index. */
export function habitsBegin(
  database: Pick<Database, "get">,
  workspaceId: string,
  { head, low }: LogPosition,
  bounds: { readonly maxSaid: number; readonly maxRows: number },
): number {
  // The expression is that of the index events_utterances, word for word.
  const oldest = database.get<{ seq: number }>(
    `SELECT seq FROM events WHERE workspace_id = ? AND event_type = 'utterance_recorded'
     ORDER BY json_extract(payload, '$.at') DESC, seq DESC LIMIT 1 OFFSET ?`,
    workspaceId,
    bounds.maxSaid,
  );
  return Math.max(low - 1, head - bounds.maxRows, oldest?.seq ?? 0);
}

/** Reads what people said, which workflows their turns started and which contexts they loaded, of the rows after one seq up
 * to another. Payloads of other rows are not read. */
export function readHabits(
  database: Pick<Database, "all">,
  workspaceId: string,
  afterSeq: number,
  throughSeq: number,
): readonly HabitRow[] {
  return database
    .all<Row>(
      // The plus keeps the reader on the rows' own order: these few seqs, whatever their types.
      `SELECT seq, event_type, entity_id, turn_id, payload, created_at FROM events
       WHERE workspace_id = ? AND seq > ? AND seq <= ? AND turn_id IS NOT NULL
       AND (+event_type IN ('utterance_recorded', 'run_described')
         OR (+event_type = 'status_update' AND +entity_type = 'context')) ORDER BY seq`,
      workspaceId,
      afterSeq,
      throughSeq,
    )
    .flatMap((row) => toHabit(row));
}

function toHabit({ seq, event_type: type, entity_id: entityId, turn_id: turnId, payload }: Row): readonly HabitRow[] {
  if (turnId === null) return [];
  if (type === "status_update") return [{ kind: "context", seq, turnId, contextId: entityId }];
  const told = JSON.parse(payload) as { text?: unknown; at?: unknown; workflow_id?: unknown };
  if (type === "run_described") {
    return typeof told.workflow_id === "string"
      ? [{ kind: "workflow", seq, turnId, workflowId: told.workflow_id }]
      : [];
  }
  if (typeof told.text !== "string" || typeof told.at !== "number") return [];
  return [{ kind: "said", seq, turnId, text: told.text, atMs: told.at }];
}
