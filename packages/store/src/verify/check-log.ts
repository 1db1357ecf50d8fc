import type { Database } from "@kingly/sqlite";
import { chainHash, chainStart, hashPayload, isChained } from "../chain.ts";
import type { EventRow, LogAnchorRow, WorkspaceRow } from "../store-tables.ts";
import { restoreHint } from "./finding.ts";
import type { Findings } from "./finding.ts";

const rowsPerPage = 500;

/** Recomputes the chain of one workspace from its anchor to its head; returns the times of its events, in order. [S102] */
export function checkLog(database: Database, workspace: WorkspaceRow, findings: Findings): Float64Array {
  const workspaceId = workspace.id;
  const times: number[] = [];
  const add = (
    code: "PAYLOAD_CHANGED" | "CHAIN_BROKEN" | "SEQ_WRONG" | "HEAD_WRONG" | "NOT_CHAINED" | "TIME_WRONG",
    seq: number,
    what: string,
    hint: string = restoreHint,
  ): void => findings.add({ code, workspaceId, seq, table: "events", message: `Event ${seq}: ${what}.`, hint });

  let previous = startOf(database, workspace, add);
  let seq = workspace.low_seq - 1;
  let atMs = 0;
  let unchainedFrom: number | undefined;
  for (;;) {
    const rows = database.all<EventRow>(
      "SELECT * FROM events WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT ?",
      workspaceId,
      seq,
      rowsPerPage,
    );
    for (const row of rows) {
      if (row.seq !== seq + 1) add("SEQ_WRONG", row.seq, `the events after ${seq} are missing`);
      if (row.created_at < atMs) add("TIME_WRONG", row.seq, "it is earlier than the one before it");
      seq = row.seq;
      atMs = row.created_at;
      times.push(atMs);
      if ((row.processed_at !== null) !== seq <= workspace.processed_seq || (row.processed_at ?? atMs) < atMs) {
        add("TIME_WRONG", seq, "its mark of processing does not fit", "Mark the log as processed again.");
      }
      if (row.payload_hash === null || row.chain_hash === null) {
        unchainedFrom ??= seq;
        continue;
      }
      if (unchainedFrom !== undefined) {
        add("CHAIN_BROKEN", unchainedFrom, "its hash is missing, and a later event has one");
        unchainedFrom = undefined;
      } else if (!isSame(chainHash(previous, row.payload_hash, row), row.chain_hash)) {
        add("CHAIN_BROKEN", seq, "its hash is not that of what it says and of all before it");
      }
      if (!isPayloadAsHashed(database, row)) add("PAYLOAD_CHANGED", seq, "its payload is not the one that was written");
      previous = row.chain_hash;
    }
    if (rows.length < rowsPerPage) break;
  }
  if (unchainedFrom !== undefined) {
    const hint = "Another program wrote it. Open the file with this program: its next change chains it.";
    add("NOT_CHAINED", unchainedFrom, "it and those after it have no hash yet", hint);
  } else if (workspace.head_seq > 0 && !isSame(previous, workspace.head_hash)) {
    add("HEAD_WRONG", seq, "its hash is not that of the head");
  }
  if (seq !== workspace.head_seq) add("HEAD_WRONG", seq, `it is the last one, and the head is ${workspace.head_seq}`);
  else if (atMs > workspace.head_at) add("HEAD_WRONG", seq, "the head is earlier");
  if (workspace.processed_seq > workspace.head_seq) add("HEAD_WRONG", seq, "more was processed than there is");
  checkKept(database, workspace, add);
  return Float64Array.from(times);
}

type Add = (code: "PAYLOAD_CHANGED" | "CHAIN_BROKEN" | "HEAD_WRONG", seq: number, what: string) => void;

function startOf(database: Database, { id, low_seq: low }: WorkspaceRow, add: Add): Uint8Array {
  const anchor = database.get<LogAnchorRow>("SELECT * FROM log_anchors WHERE workspace_id = ?", id);
  if (anchor === undefined && low === 1) return chainStart;
  if (anchor?.through_seq === low - 1) return anchor.chain_hash;
  add("HEAD_WRONG", low, `the log begins here, and its anchor is at ${anchor?.through_seq ?? 0}`);
  return chainStart;
}

/** What was said before `low` has lost its chain, not its own hash. */
function checkKept(database: Database, { id, low_seq: low }: WorkspaceRow, add: Add): void {
  if (low === 1) return;
  for (let after = 0; ;) {
    const rows = database.all<EventRow>(
      "SELECT * FROM events WHERE workspace_id = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT ?",
      id,
      after,
      low,
      rowsPerPage,
    );
    for (const row of rows) {
      after = row.seq;
      if (!isPayloadAsHashed(database, row))
        add("PAYLOAD_CHANGED", row.seq, "its payload is not the one that was written");
    }
    if (rows.length < rowsPerPage) return;
  }
}

/** A forgotten payload has another text by right: it says so, holds no value, and its key was forgotten later. [S91] */
function isPayloadAsHashed(database: Database, row: EventRow): boolean {
  if (isSame(hashPayload(row.payload), row.payload_hash)) return true;
  let payload: { forgotten?: unknown; value?: unknown };
  try {
    payload = JSON.parse(row.payload) as typeof payload;
  } catch {
    return false;
  }
  if (!isSame(hashPayload(row.payload), row.forgotten_hash)) return false;
  if (payload.forgotten !== true || (payload.value ?? null) !== null) return false;
  return (
    database.get(
      `SELECT 1 FROM events WHERE workspace_id = ? AND entity_type = ? AND entity_id = ? AND seq > ?
       AND event_type LIKE '%\\_forgotten' ESCAPE '\\'`,
      row.workspace_id,
      row.entity_type,
      row.entity_id,
      row.seq,
    ) !== undefined
  );
}

function isSame(left: Uint8Array, right: Uint8Array | null): boolean {
  return isChained(left) && right !== null && Buffer.compare(left, right) === 0;
}
