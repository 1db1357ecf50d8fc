import type { Clock } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { chainAt, chainTail } from "./chain.ts";
import { refused } from "./check-value.ts";
import type { CommitListeners } from "./commit-listeners.ts";
import type { EventLog } from "./event-log.ts";
import { unknownWorkspace } from "./event-log.ts";
import type { StoredEvent } from "./stored-event.ts";

/** What may go of a log: all before a seq, or all that is older than an age; one of the two. */
export interface RetainOptions {
  readonly keepFromSeq?: number;
  /** Age in ms, counted back from now. */
  readonly olderThanMs?: number;
  /** Events that one call lets go at most, 1 to 10,000. @default 1000 */
  readonly maxRows?: number;
}

/** What a call of `retain` did. */
export interface Retained {
  readonly low: number;
  /** Events that left `[low, head]`. Utterances and replies among them stay readable as conversation. */
  readonly released: number;
  /** True when another call would let more go. */
  readonly more: boolean;
}

/** Marks of what was processed, and the end of what is old. */
export interface EventRetention {
  /** Marks all events through a seq as processed, up to 10,000 in one call; returns the mark. It never goes back. [S96] */
  markProcessed(unit: Unit, workspaceId: string, throughSeq: number): number;
  /** Returns up to `limit` (1 to 1,000) events that are not marked yet, in order. [S96] */
  readUnprocessed(workspaceId: string, limit: number): readonly StoredEvent[];
  /** Moves `low` forward and lets the events before it go: processed ones only, in bounded batches. [S97] */
  retain(unit: Unit, workspaceId: string, options: RetainOptions): Retained;
}

const maxRowsPerUnit = 10_000;

/** Creates retention over the log's tables. */
export function createEventRetention(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly listeners: CommitListeners;
}): EventRetention {
  const { clock, events } = deps;
  const positionOf = (unit: Unit, workspaceId: string): { head: number; low: number; processed: number } => {
    const position = events.position(workspaceId, unit);
    if (position === undefined) throw unknownWorkspace(workspaceId);
    return position;
  };

  return {
    markProcessed(unit, workspaceId, throughSeq) {
      const { head, processed } = positionOf(unit, workspaceId);
      if (!Number.isSafeInteger(throughSeq) || throughSeq < 0 || throughSeq > head) {
        throw refused("throughSeq", throughSeq, `a seq from 0 to the head (${head})`);
      }
      const mark = Math.min(throughSeq, processed + maxRowsPerUnit);
      if (mark <= processed) return processed;
      const nowMs = clock.nowMs();
      unit.run(
        "UPDATE events SET processed_at = max(created_at, ?) WHERE workspace_id = ? AND seq > ? AND seq <= ?",
        nowMs,
        workspaceId,
        processed,
        mark,
      );
      unit.run("UPDATE workspaces SET processed_seq = ? WHERE id = ?", mark, workspaceId);
      return mark;
    },

    readUnprocessed(workspaceId, limit) {
      const position = events.position(workspaceId);
      return position === undefined ? [] : events.readAfter(workspaceId, position.processed, limit);
    },

    retain(unit, workspaceId, options) {
      const { head, low, processed } = positionOf(unit, workspaceId);
      const maxRows = whole(options.maxRows ?? 1000, "maxRows", 1, maxRowsPerUnit);
      const batchEnd = Math.min(low + maxRows, processed + 1);
      let end = batchEnd;
      if (options.keepFromSeq !== undefined) {
        end = Math.min(end, whole(options.keepFromSeq, "keepFromSeq", 1, head + 1));
      } else if (options.olderThanMs !== undefined) {
        const beforeMs = clock.nowMs() - whole(options.olderThanMs, "olderThanMs", 0, Number.MAX_SAFE_INTEGER);
        // Events are in the order of their time: the first that is young enough ends the batch.
        const young = unit.get<{ seq: number }>(
          "SELECT seq FROM events WHERE workspace_id = ? AND seq >= ? AND seq < ? AND created_at >= ? ORDER BY seq LIMIT 1",
          workspaceId,
          low,
          batchEnd,
          beforeMs,
        );
        end = young?.seq ?? end;
      } else {
        throw refused("options", options, "keepFromSeq or olderThanMs");
      }
      if (end <= low) return { low, released: 0, more: false };
      release(unit, workspaceId, low, end, clock.nowMs());
      deps.listeners.noteChange(unit, workspaceId);
      return { low: end, released: end - low, more: end === low + maxRows && end <= processed };
    },
  };
}

/** Keeps the hash that the remaining log continues, moves `low`, and lets the events from `low` to before `end` go. */
function release(unit: Unit, workspaceId: string, low: number, end: number, nowMs: number): void {
  const hash = chainAt(unit, workspaceId, end - 1) ?? chainedNow(unit, workspaceId, end - 1);
  unit.run(
    `INSERT INTO log_anchors (workspace_id, through_seq, chain_hash, through_at, made_at)
     SELECT workspace_id, seq, ?, created_at, ? FROM events WHERE workspace_id = ? AND seq = ?
     ON CONFLICT (workspace_id) DO UPDATE SET through_seq = excluded.through_seq, chain_hash = excluded.chain_hash,
       through_at = excluded.through_at, made_at = excluded.made_at`,
    hash,
    nowMs,
    workspaceId,
    end - 1,
  );
  unit.run("UPDATE workspaces SET low_seq = ? WHERE id = ?", end, workspaceId);
  // What was said is the conversation, which is read from these rows for as long as the workspace is there. [S27]
  unit.run(
    `DELETE FROM events WHERE workspace_id = ? AND seq >= ? AND seq < ?
     AND event_type NOT IN ('utterance_recorded', 'reply')`,
    workspaceId,
    low,
    end,
  );
}

function chainedNow(unit: Unit, workspaceId: string, seq: number): Uint8Array {
  chainTail(unit, workspaceId);
  const hash = chainAt(unit, workspaceId, seq);
  if (hash === undefined) throw new RangeError(`The event ${seq} of ${workspaceId} has no hash. Run verify.`);
  return hash;
}

function whole(value: number, field: string, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw refused(field, value, `a whole number from ${least} to ${most}`);
}
