import type { Cause } from "./cause.ts";
import type { JsonObject } from "./json.ts";
import type { EventRow } from "./store-tables.ts";

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
  /** The chain's hash at `seq`, 64 hexadecimal digits; left out while another program's event is not chained yet. [S90] */
  readonly chain?: string;
}

/** The columns of {@link StoredEventRow}: the hash as text, bytes would be an object of their own for each row. */
export const storedEventColumns: string = `seq, event_type, entity_type, entity_id, payload, cid, origin, turn_id, created_at,
  lower(hex(chain_hash)) AS chain`;

/** A row of the log as it is read. */
export type StoredEventRow = Pick<
  EventRow,
  "seq" | "event_type" | "entity_type" | "entity_id" | "payload" | "cid" | "origin" | "turn_id" | "created_at"
> & { readonly chain: string };

/** Makes an event of its row. */
export function toStoredEvent(row: StoredEventRow): StoredEvent {
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
    // An event that is not chained yet has no hash; that of none is no text.
    ...(row.chain === "" ? {} : { chain: row.chain }),
  };
}
