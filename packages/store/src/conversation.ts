import type { Database } from "@kingly/sqlite";
import type { EventPayloads } from "./event-payloads.ts";
import { forever } from "./forever.ts";
import { pageLimit } from "./page.ts";

/** One answer to an utterance. */
export interface ConversationReply {
  readonly text: string;
  readonly by: string;
  readonly state: string;
  readonly atMs: number;
}

/** What a person said and what was answered, in the order of the log. */
export interface ConversationTurn {
  readonly utteranceId: string;
  readonly text: string;
  readonly atMs: number;
  readonly replies: readonly ConversationReply[];
}

/** Which part of the conversation. */
export interface ConversationOptions {
  /** Said at or after, ms. @default 0 */
  readonly fromMs?: number;
  /** Said before, ms. @default forever */
  readonly toMs?: number;
  /** Turns at most, 1 to 200; the latest of the span are taken. @default 50 */
  readonly limit?: number;
}

/** The conversation of a workspace, read from its log. */
export interface Conversation {
  /** Returns turns, oldest first. [S27] */
  read(workspaceId: string, options?: ConversationOptions): readonly ConversationTurn[];
}

/** Creates the conversation over the event log. The indexes `events_utterances` and `events_replies` keep it fast. */
export function createConversation(deps: { readonly database: Database }): Conversation {
  const { database } = deps;
  // The expressions are those of the indexes, word for word, or the indexes are not used.
  const replies = (workspaceId: string, utteranceId: string): readonly ConversationReply[] =>
    database
      .all<{ payload: string }>(
        `SELECT payload FROM events WHERE workspace_id = ? AND event_type = 'reply'
         AND json_extract(payload, '$.utterance_id') = ? ORDER BY seq`,
        workspaceId,
        utteranceId,
      )
      .map((row) => {
        const { text, by, state, at } = JSON.parse(row.payload) as EventPayloads["reply"];
        return { text, by, state, atMs: at };
      });

  return {
    read(workspaceId, options = {}) {
      const rows = database.all<{ payload: string }>(
        `SELECT payload FROM events WHERE workspace_id = ? AND event_type = 'utterance_recorded'
         AND json_extract(payload, '$.at') >= ? AND json_extract(payload, '$.at') < ?
         ORDER BY json_extract(payload, '$.at') DESC, seq DESC LIMIT ?`,
        workspaceId,
        options.fromMs ?? 0,
        options.toMs ?? forever,
        pageLimit(options.limit),
      );
      return rows.toReversed().map((row) => {
        const said = JSON.parse(row.payload) as EventPayloads["utterance_recorded"];
        const { utterance_id: utteranceId, text, at } = said;
        return { utteranceId, text, atMs: at, replies: replies(workspaceId, utteranceId) };
      });
    },
  };
}
