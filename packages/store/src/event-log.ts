import type { Clock, Random } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";
import type { Cause } from "./cause.ts";
import { chainAt, chainHash, chainStart, chainTail, hashPayload, isChained, toHex } from "./chain.ts";
import { checkText, checkTimeMs, refused } from "./check-value.ts";
import type { CommitListeners } from "./commit-listeners.ts";
import { canonicalJson } from "./json.ts";
import type { JsonLimits, JsonObject } from "./json.ts";
import type { Reader } from "./reader.ts";
import { StoreError } from "./store-error.ts";
import { storedEventColumns, toStoredEvent } from "./stored-event.ts";
import type { StoredEvent, StoredEventRow } from "./stored-event.ts";
import { rowIdsPerWorkspace } from "./workspace-row-ids.ts";

/** What a caller appends. `entityId` has 1 to 256 characters, the types 1 to 64. */
export interface EventInput {
  readonly eventType: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly payload: JsonObject;
}

/** Where a log stands: `head` is the last seq (0 when empty), `low` the first one held. */
export interface LogPosition {
  readonly epoch: string;
  readonly head: number;
  readonly low: number;
  /** The last seq that was marked as processed; 0 when none was. */
  readonly processed: number;
}

/** What a peer keeps of a log outside the file, to know later whether it is still the same one. */
export interface Witness {
  readonly epoch: string;
  readonly seq: number;
  /** The chain's hash at `seq`: 64 hexadecimal digits, or the first 16 or more of them. */
  readonly chain: string;
}

/** How a log stands to a witness. `held`: it is the log that was seen; `trimmed`: it let that part go.
 *
 * `ahead`: the witness saw more than there is; `different`: other events stand where it looked: the tail was lost.
 * `other_epoch`: the log began again since. */
export type WitnessStanding = "held" | "trimmed" | "ahead" | "different" | "other_epoch";

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
  /** Returns up to `limit` (1 to 1,000) events with seq > `afterSeq`, in order of seq, from `low` on. [S10] */
  readAfter(workspaceId: string, afterSeq: number, limit: number): readonly StoredEvent[];
  /** Calls `listener` after each commit that added events to the workspace, once per commit. Returns the end of it. [S11] */
  subscribe(workspaceId: string, listener: () => void): () => void;
  /** Returns what a peer may keep, or undefined for an unknown workspace and for a head that is not chained yet. [S93] */
  witness(workspaceId: string, reader?: Reader): Witness | undefined;
  /** Returns the chain's hash at a seq from `low` - 1 to the head, in hex; undefined where there is none. [S93] */
  chainAt(workspaceId: string, seq: number, reader?: Reader): string | undefined;
  /** Chains what other programs appended, and tells it as `changed_outside`. Every append does so by itself. [S92]
   *
   * Returns true when it stopped after `maxRows` (default: no end) and more waits. */
  adopt(unit: Unit, workspaceId: string, maxRows?: number): boolean;
  /** Compares the log with what a peer kept; a witness without its chain can only be ahead, trimmed or held. [S93] */
  checkWitness(
    workspaceId: string,
    witness: Omit<Witness, "chain"> & { readonly chain?: string | undefined },
    reader?: Reader,
  ): WitnessStanding;
  /** Gives the log a new epoch, for a restored backup: every older cursor must resync. [S12] */
  newEpoch(unit: Unit, workspaceId: string): LogPosition;
  /** Returns the time of a change made now, never earlier than the last event, and the row id that it may take. [S6] */
  nextChange(reader: Reader, workspaceId: string): { readonly atMs: number; readonly rowId: number };
  /** Notes the time of a change that writes no event, so that now is never earlier than it. */
  noteChange(unit: Unit, workspaceId: string, atMs: number): void;
}

/** What the log needs. */
export interface EventLogDeps {
  readonly database: Reader;
  readonly clock: Clock;
  readonly random: Random;
  readonly listeners: CommitListeners;
  readonly limits: JsonLimits;
}

const maxRowsPerRead = 1000;
const system: Cause = { origin: "system" };

/** Creates the log over the store's tables. */
export function createEventLog(deps: EventLogDeps): EventLog {
  const { database, clock } = deps;
  const position = (workspaceId: string, reader: Reader = database): LogPosition | undefined =>
    reader.get<LogPosition>(
      "SELECT epoch, head_seq AS head, low_seq AS low, processed_seq AS processed FROM workspaces WHERE id = ?",
      workspaceId,
    );
  const insert = (unit: Unit, workspaceId: string, event: EventInput, cause: Cause): { seq: number; atMs: number } => {
    const payload = canonicalJson(event.payload, "payload", deps.limits);
    const log = unit.get<{ head: number; headAt: number; hash: Uint8Array | null }>(
      "SELECT head_seq AS head, head_at AS headAt, head_hash AS hash FROM workspaces WHERE id = ?",
      workspaceId,
    );
    if (log === undefined) throw unknownWorkspace(workspaceId);
    if (log.head > 0 && !isChained(log.hash)) {
      chainOutside(unit, workspaceId);
      return insert(unit, workspaceId, event, cause);
    }
    const previous = isChained(log.hash) ? log.hash : chainStart;
    const row = {
      workspace_id: workspaceId,
      seq: log.head + 1,
      event_type: event.eventType,
      entity_type: event.entityType,
      entity_id: event.entityId,
      cid: cause.cid ?? null,
      origin: cause.origin,
      turn_id: cause.turnId ?? null,
      created_at: Math.max(log.headAt, clock.nowMs()),
    };
    const payloadHash = hashPayload(payload);
    // A trigger moves the head with the row: an error cannot leave a gap behind.
    unit.run(
      `INSERT INTO events (workspace_id, seq, event_type, entity_type, entity_id, cid, origin, turn_id, created_at,
         payload, payload_hash, chain_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...Object.values(row),
      payload,
      payloadHash,
      chainHash(previous, payloadHash, row),
    );
    return { seq: row.seq, atMs: row.created_at };
  };
  /** True when more waits. */
  const chainOutside = (unit: Unit, workspaceId: string, maxRows: number = Number.POSITIVE_INFINITY): boolean => {
    const outside = chainTail(unit, workspaceId, maxRows);
    if (outside === undefined || outside === "more") return outside === "more";
    const { first, last } = outside;
    const id = first === last ? String(first) : `${first}-${last}`;
    const payload = { table: "events", id, operation: "insert" };
    insert(unit, workspaceId, { eventType: "changed_outside", entityType: "event", entityId: id, payload }, system);
    return false;
  };

  return {
    append(unit, workspaceId, event, cause) {
      checkEvent(event);
      const row = insert(unit, workspaceId, event, cause);
      deps.listeners.noteChange(unit, workspaceId);
      return row;
    },
    position,
    readAfter(workspaceId, afterSeq, limit) {
      const rows = database.all<StoredEventRow>(
        `SELECT ${storedEventColumns} FROM events WHERE workspace_id = ? AND seq > ?
         AND seq >= (SELECT low_seq FROM workspaces WHERE id = ?) ORDER BY seq LIMIT ?`,
        workspaceId,
        afterSeq,
        workspaceId,
        Math.min(Math.max(1, Math.floor(limit)), maxRowsPerRead),
      );
      return rows.map((row) => toStoredEvent(row));
    },
    subscribe: (workspaceId, listener) => deps.listeners.subscribe(workspaceId, listener),
    witness(workspaceId, reader = database) {
      const row = reader.get<{ epoch: string; head: number; hash: Uint8Array | null }>(
        "SELECT epoch, head_seq AS head, head_hash AS hash FROM workspaces WHERE id = ?",
        workspaceId,
      );
      if (row === undefined) return undefined;
      const hash = row.head === 0 ? chainStart : row.hash;
      return isChained(hash) ? { epoch: row.epoch, seq: row.head, chain: toHex(hash) } : undefined;
    },
    chainAt(workspaceId, seq, reader = database) {
      const hash = chainAt(reader, workspaceId, seq);
      return hash === undefined ? undefined : toHex(hash);
    },
    adopt(unit, workspaceId, maxRows) {
      const log = unit.get<{ head: number; hash: Uint8Array | null }>(
        "SELECT head_seq AS head, head_hash AS hash FROM workspaces WHERE id = ?",
        workspaceId,
      );
      if (log === undefined || log.head === 0 || isChained(log.hash)) return false;
      const hasMore = chainOutside(unit, workspaceId, maxRows);
      deps.listeners.noteChange(unit, workspaceId);
      return hasMore;
    },
    checkWitness(workspaceId, witness, reader = database) {
      const now = position(workspaceId, reader);
      if (now === undefined || now.epoch !== witness.epoch) return "other_epoch";
      if (witness.seq > now.head) return "ahead";
      if (witness.seq < now.low - 1) return "trimmed";
      if (witness.chain === undefined) return "held";
      const hash = chainAt(reader, workspaceId, witness.seq);
      const isSame = hash !== undefined && isHashStart(witness.chain) && toHex(hash).startsWith(witness.chain);
      return isSame ? "held" : "different";
    },
    newEpoch(unit, workspaceId) {
      const former = position(workspaceId, unit)?.epoch;
      let epoch = createEpoch(deps.random);
      // Chance that begins again (a seed, a restored machine) must not give the same name twice.
      while (epoch === former) epoch = createEpoch(deps.random);
      unit.run("UPDATE workspaces SET epoch = ? WHERE id = ?", epoch, workspaceId);
      const now = position(workspaceId, unit);
      if (now === undefined) throw unknownWorkspace(workspaceId);
      // Whoever follows must hear of it at once, or it goes on with a cursor that means nothing.
      deps.listeners.noteChange(unit, workspaceId);
      return now;
    },
    noteChange(unit, workspaceId, atMs) {
      unit.run("UPDATE workspaces SET head_at = ? WHERE id = ? AND head_at < ?", atMs, workspaceId, atMs);
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

/** Makes the error of a call for a workspace that is not there. */
export function unknownWorkspace(workspaceId: string): StoreError {
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

/** Fewer digits would not tell two logs apart: 16 of them are 64 bits. */
function isHashStart(text: string): boolean {
  return text.length >= 16 && text.length <= 64;
}
