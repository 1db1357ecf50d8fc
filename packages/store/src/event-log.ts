import type { Clock, Random } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import type { Cause } from "./cause.ts";
import { checkText, checkTimeMs, refused } from "./check-value.ts";
import type { CommitListeners } from "./commit-listeners.ts";
import { canonicalJson } from "./json.ts";
import type { JsonLimits, JsonObject } from "./json.ts";
import type { Reader } from "./reader.ts";
import type { EventRow } from "./store-tables.ts";
import { StoreError } from "./store-error.ts";
import { rowIdsPerWorkspace } from "./workspace-row-ids.ts";

/** What a caller appends. `entityId` has 1 to 256 characters, the types 1 to 64. */
export interface EventInput {
  readonly eventType: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly payload: JsonObject;
}

/** One event of a workspace's log. */
export interface StoredEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly eventType: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly payload: JsonObject;
  readonly cid?: string;
  readonly origin: Cause["origin"];
  readonly turnId?: string;
}

/** Where a log stands: `head` is the last seq (0 when empty), `low` the first one held. */
export interface LogPosition {
  readonly epoch: string;
  readonly head: number;
  readonly low: number;
}

/** The append-only log of every workspace. */
export interface EventLog {
  /** Appends one event and returns its seq: the head + 1, so that commit order is seq order. [S6] */
  append(
    unit: Unit,
    workspaceId: string,
    event: EventInput,
    cause: Cause,
  ): { readonly seq: number; readonly atMs: number };
  /** Returns the position, or undefined for an unknown workspace. Pass the unit to see its own events. */
  position(workspaceId: string, reader?: Reader): LogPosition | undefined;
  /** Returns up to `limit` (1 to 1,000) events with seq > `afterSeq`, in order of seq. [S10] */
  readAfter(workspaceId: string, afterSeq: number, limit: number): readonly StoredEvent[];
  /** Calls `listener` after each commit that added events to the workspace, once per commit. Returns the end of it. [S11] */
  subscribe(workspaceId: string, listener: () => void): () => void;
  /** Gives the log a new epoch, for a restored backup: every older cursor must resync. [S12] */
  newEpoch(unit: Unit, workspaceId: string): LogPosition;
  /** Returns the time of a change made now, never earlier than the last event, and the row id that it may take. [S6] */
  nextChange(reader: Reader, workspaceId: string): { readonly atMs: number; readonly rowId: number };
}

/** What the log needs. */
export interface EventLogDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly listeners: CommitListeners;
  readonly limits: JsonLimits;
}

const maxRowsPerRead = 1000;

/** Creates the log over the store's tables. */
export function createEventLog(deps: EventLogDeps): EventLog {
  const { database, clock } = deps;
  const position = (workspaceId: string, reader: Reader = database): LogPosition | undefined =>
    reader.get<LogPosition>("SELECT epoch, head_seq AS head, low_seq AS low FROM workspaces WHERE id = ?", workspaceId);

  return {
    append(unit, workspaceId, event, cause) {
      checkEvent(event);
      const row = unit.get<{ seq: number; atMs: number }>(
        // One statement takes the seq and writes the row: an error cannot leave a gap behind.
        `INSERT INTO events (workspace_id, seq, created_at, event_type, entity_type, entity_id, payload, cid, origin, turn_id)
         SELECT id, head_seq + 1, max(head_at, ?), ?, ?, ?, ?, ?, ?, ? FROM workspaces WHERE id = ?
         RETURNING seq, created_at AS atMs`,
        clock.nowMs(),
        event.eventType,
        event.entityType,
        event.entityId,
        canonicalJson(event.payload, "payload", deps.limits),
        cause.cid ?? null,
        cause.origin,
        cause.turnId ?? null,
        workspaceId,
      );
      if (row === undefined) throw unknownWorkspace(workspaceId);
      deps.listeners.noteChange(unit, workspaceId);
      return row;
    },
    position,
    readAfter(workspaceId, afterSeq, limit) {
      const rows = database.all<EventRow>(
        "SELECT * FROM events WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        workspaceId,
        afterSeq,
        Math.min(Math.max(1, Math.floor(limit)), maxRowsPerRead),
      );
      return rows.map((row) => toStoredEvent(row));
    },
    subscribe: (workspaceId, listener) => deps.listeners.subscribe(workspaceId, listener),
    newEpoch(unit, workspaceId) {
      unit.run("UPDATE workspaces SET epoch = ? WHERE id = ?", createEpoch(deps.random), workspaceId);
      const now = position(workspaceId, unit);
      if (now === undefined) throw unknownWorkspace(workspaceId);
      return now;
    },
    nextChange(reader, workspaceId) {
      const row = reader.get<{ atMs: number; rowId: number }>(
        "SELECT max(head_at, ?) AS atMs, row_id * ? + head_seq + 1 AS rowId FROM workspaces WHERE id = ?",
        clock.nowMs(),
        rowIdsPerWorkspace,
        workspaceId,
      );
      if (row === undefined) throw unknownWorkspace(workspaceId);
      return row;
    },
  };
}

/** Makes a new epoch: sixteen hexadecimal signs of chance. */
export function createEpoch(random: Random): string {
  return Buffer.from(random.bytes(8)).toString("hex");
}

function unknownWorkspace(workspaceId: string): StoreError {
  return new StoreError(
    "UNKNOWN_WORKSPACE",
    `There is no workspace ${JSON.stringify(workspaceId)}. Make it first with workspaces.ensure.`,
  );
}

function checkEvent(event: EventInput): void {
  checkText(event.eventType, "eventType", 1, 64);
  checkText(event.entityType, "entityType", 1, 64);
  checkText(event.entityId, "entityId", 1, 256);
  // The conversation is read from these two: what it looks for must be there.
  if (event.eventType !== "utterance_recorded" && event.eventType !== "reply") return;
  const { utterance_id: utteranceId, text, at, by, state } = event.payload;
  checkText(utteranceId as string, "payload.utterance_id", 1, 128);
  checkText(text as string, "payload.text", 0, maxTextLength);
  checkTimeMs(at as number, "payload.at");
  if (event.eventType === "reply" && (typeof by !== "string" || typeof state !== "string")) {
    throw refused("payload", event.payload, "a reply with by and state");
  }
}

const maxTextLength = 65_536;

function toStoredEvent(row: EventRow): StoredEvent {
  return {
    seq: row.seq,
    atMs: row.created_at,
    eventType: row.event_type,
    entityType: row.entity_type,
    entityId: row.entity_id,
    payload: JSON.parse(row.payload) as JsonObject,
    ...(row.cid === null ? {} : { cid: row.cid }),
    origin: row.origin as Cause["origin"],
    ...(row.turn_id === null ? {} : { turnId: row.turn_id }),
  };
}
