import { hash } from "node:crypto";
import type { Unit } from "@kingly/sqlite";
import { indexChanged } from "./outside-index.ts";
import type { Reader } from "./reader.ts";
import { sealThing } from "./seal.ts";
import { watchedTables } from "./watched-tables.ts";

/** What of an event the chain holds, in this order; the payload enters as its hash. [S90] */
export interface ChainedEvent {
  readonly workspace_id: string;
  readonly seq: number;
  readonly event_type: string;
  readonly entity_type: string;
  readonly entity_id: string;
  readonly cid: string | null;
  readonly origin: string;
  readonly turn_id: string | null;
  readonly created_at: number;
}

/** The hash before the first event of a log: 32 zero bytes. [S90] */
export const chainStart: Uint8Array = new Uint8Array(32);

/** Returns the SHA-256 of a payload as it is stored. [S90] */
export function hashPayload(payload: string): Buffer {
  return hash("sha256", payload, "buffer");
}

/** Returns the hash of one event and of all before it. [S90]
 *
 * SHA-256 over the UTF-8 text of: the previous hash in hex, the payload's hash in hex, then the JSON array of the
 * fields of `ChainedEvent` in their order. No other text means the same, so any tool can compute it again. */
export function chainHash(previous: Uint8Array, payloadHash: Uint8Array, event: ChainedEvent): Buffer {
  const fields = JSON.stringify([
    event.workspace_id,
    event.seq,
    event.event_type,
    event.entity_type,
    event.entity_id,
    event.cid,
    event.origin,
    event.turn_id,
    event.created_at,
  ]);
  return hash("sha256", `${toHex(previous)}${toHex(payloadHash)}${fields}`, "buffer");
}

/** Hashes the payloads of a thing whose values were just taken out of them, so that what is left is protected too. [S91] */
export function hashForgotten(unit: Unit, workspaceId: string, entityType: string, entityId: string): void {
  const rows = unit.all<{ seq: number; payload: string; hash: Uint8Array | null }>(
    `SELECT seq, payload, forgotten_hash AS hash FROM events
     WHERE workspace_id = ? AND entity_type = ? AND entity_id = ? AND json_extract(payload, '$.forgotten') = 1`,
    workspaceId,
    entityType,
    entityId,
  );
  for (const { seq, payload, hash } of rows) {
    if (hash !== null) continue;
    const forgotten = hashPayload(payload);
    unit.run("UPDATE events SET forgotten_hash = ? WHERE workspace_id = ? AND seq = ?", forgotten, workspaceId, seq);
  }
}

/** Returns bytes as hexadecimal text. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Returns the hash at `seq`, the anchor of a trimmed log included; undefined when it is not held or not chained yet. */
export function chainAt(reader: Reader, workspaceId: string, seq: number): Uint8Array | undefined {
  if (seq === 0) return chainStart;
  const row =
    reader.get<{ hash: Uint8Array | null }>(
      `SELECT e.chain_hash AS hash FROM events AS e JOIN workspaces AS w ON w.id = e.workspace_id
       WHERE e.workspace_id = ? AND e.seq = ? AND e.seq >= w.low_seq`,
      workspaceId,
      seq,
    ) ??
    reader.get<{ hash: Uint8Array | null }>(
      "SELECT chain_hash AS hash FROM log_anchors WHERE workspace_id = ? AND through_seq = ?",
      workspaceId,
      seq,
    );
  return row?.hash ?? undefined;
}

/** Tells whether a head's hash is a hash: it is none, or a mark, until its log is chained to the end. [S92] */
export function isChained(hash: Uint8Array | null): hash is Uint8Array {
  return hash?.byteLength === chainStart.byteLength;
}

/** The first and last seq of events. */
export interface SeqSpan {
  readonly first: number;
  readonly last: number;
}

type UnchainedRow = ChainedEvent & { readonly payload: string };

const rowsPerRead = 1000;

/** Chains the events at the end of a log that have no hash yet; the head then has its hash. [S92]
 *
 * Returns those that another program appended by itself; a change that a trigger told is known already, and so are
 * the events of a file from before the chain. Stops with `more` after `maxRows` that were all told by triggers. */
export function chainTail(unit: Unit, workspaceId: string): SeqSpan | undefined;
export function chainTail(unit: Unit, workspaceId: string, maxRows: number): SeqSpan | "more" | undefined;
export function chainTail(
  unit: Unit,
  workspaceId: string,
  maxRows: number = Number.POSITIVE_INFINITY,
): SeqSpan | "more" | undefined {
  const log = unit.get<{ low: number; hash: Uint8Array | null }>(
    "SELECT low_seq AS low, head_hash AS hash FROM workspaces WHERE id = ?",
    workspaceId,
  );
  const low = log?.low ?? 1;
  const last = unit.get<{ seq: number; hash: Uint8Array }>(
    `SELECT seq, chain_hash AS hash FROM events
     WHERE workspace_id = ? AND chain_hash IS NOT NULL AND seq >= ? ORDER BY seq DESC LIMIT 1`,
    workspaceId,
    low,
  );
  let seq = last?.seq ?? low - 1;
  let hash = last?.hash ?? chainAt(unit, workspaceId, low - 1) ?? chainStart;
  let outside: SeqSpan | undefined;
  const limit = Math.min(rowsPerRead, maxRows);
  for (let chained = 0; ;) {
    const rows = unit.all<UnchainedRow>(
      "SELECT * FROM events WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT ?",
      workspaceId,
      seq,
      limit,
    );
    for (const row of rows) {
      const payloadHash = hashPayload(row.payload);
      hash = chainHash(hash, payloadHash, row);
      unit.run(
        "UPDATE events SET payload_hash = ?, chain_hash = ? WHERE workspace_id = ? AND seq = ?",
        payloadHash,
        hash,
        workspaceId,
        row.seq,
      );
      seq = row.seq;
      if (row.event_type === "changed_outside") sealChanged(unit, row);
      else outside = { first: outside?.first ?? seq, last: seq };
    }
    if (rows.length < limit) break;
    chained += rows.length;
    if (chained >= maxRows && outside === undefined) return "more";
  }
  unit.run("UPDATE workspaces SET head_hash = ? WHERE id = ?", hash, workspaceId);
  return log?.hash?.byteLength === ownMarkBytes ? undefined : outside;
}

/** What another program changed and a trigger told is taken as it stands: from now on a seal is over it, and it is found
 * like a row of our own. */
function sealChanged(unit: Unit, { workspace_id: workspaceId, payload }: UnchainedRow): void {
  const { table: name, id } = JSON.parse(payload) as { readonly table?: string; readonly id?: string };
  const table = watchedTables.find((watched) => watched.table.name === name)?.table;
  if (table === undefined) return;
  // Before the seal, which is over the keys too.
  if (id !== undefined) indexChanged(unit, table.name, workspaceId, id);
  sealThing(unit, table, { workspace_id: workspaceId, [table.thing.at(-1) ?? "id"]: id ?? null });
}

// What 005_log puts in the place of the head's hash of a file from before the chain.
const ownMarkBytes = 1;
