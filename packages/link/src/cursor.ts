import type { Position } from "./event-log.ts";
import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";

/** The last event that was received: `seq` in the log named `epoch`. Seq 0 is before the first. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
  /** What the log's owner calls everything up to `seq`, where it says so: see {@link EventLog.chainAt}. */
  readonly chain?: string | undefined;
}

/** Where to begin: after a cursor, at what is new from `now`, or at the `start` of what is held. */
export type Start = Cursor | "now" | "start";

// An epoch never holds a colon, a space or a line break: it stands in SSE ids and headers.
const epochForm = /^[A-Za-z0-9_.-]{1,64}$/;
// A hash in hex, whole or its beginning; the link only compares it.
const chainForm = /^[A-Za-z0-9]{1,64}$/;
const cursorForm = /^([A-Za-z0-9_.-]{1,64}):(0|[1-9][0-9]{0,15})$/;

/** Reads what a peer gave as `after`: null, undefined or "" is `now`; "0" or 0 is `start`; else `epoch:seq`.
 *
 * Anything else is the fault `invalid_cursor`. [LK1] */
export function parseCursor(after: unknown): Checked<Start> {
  if (after === null || after === undefined || after === "") return { ok: true, value: "now" };
  if (after === "0" || after === 0) return { ok: true, value: "start" };
  const match = typeof after === "string" ? cursorForm.exec(after) : null;
  const epoch = match?.[1];
  const seq = Number(match?.[2]);
  if (epoch === undefined || !Number.isSafeInteger(seq)) {
    return fault("invalid_cursor", "the cursor is not epoch:seq", 'send null, "0", or the last id you received');
  }
  return { ok: true, value: { epoch, seq } };
}

/** Writes a cursor as `epoch:seq`, the form of SSE ids and of `after`. [LK1] */
export function formatCursor(cursor: Cursor): string {
  return `${cursor.epoch}:${cursor.seq}`;
}

/** Tells whether a text can name an epoch: 1 to 64 letters, digits, `_`, `.`, `-`. [LK1] */
export function isEpoch(value: unknown): value is string {
  return typeof value === "string" && epochForm.test(value);
}

/** Tells whether a value can be the chain of a cursor: 1 to 64 letters and digits. [LK36] */
export function isChain(value: unknown): value is string {
  return typeof value === "string" && chainForm.test(value);
}

/** Decides where a stream goes on: after `afterSeq`; `resync` says that what the peer holds has no continuation.
 *
 * A cursor of the same epoch in [low - 1, head] continues; any other resyncs and goes on from head, and so does one whose
 * chain is not `chainHeld`, the log's own at its seq. Where one of the two is not known, nothing is compared. [LK2] [LK36] */
export function placeCursor(
  start: Start,
  position: Position,
  chainHeld?: string,
): { readonly afterSeq: number; readonly resync: boolean } {
  if (start === "now") return { afterSeq: position.head, resync: false };
  if (start === "start") return { afterSeq: position.low - 1, resync: false };
  const isSame = start.chain === undefined || chainHeld === undefined || start.chain === chainHeld;
  const held = isSame && start.epoch === position.epoch && start.seq >= position.low - 1 && start.seq <= position.head;
  return held ? { afterSeq: start.seq, resync: false } : { afterSeq: position.head, resync: true };
}
