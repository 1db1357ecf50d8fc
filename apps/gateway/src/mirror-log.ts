import type { Cursor, EventLog, LoggedEvent, Position } from "@kingly/link";
import type { LogRow } from "./board/board.ts";
import { createBounded } from "./board/bounded.ts";
import type { Journal } from "./journal/journal.ts";
import type { Mirror } from "./journal/journal-store.ts";
import { journalLimits } from "./journal/journal-store.ts";

/** What one event carries to people: the coded line, its command's cid, and when (ms). */
export interface RowBody {
  readonly line: string;
  readonly cid?: string;
  readonly at: number;
}

/** The gateway's own copy of one workspace's log: what people resume from, also while the back is away. [G8] */
export interface MirrorLog extends EventLog<RowBody> {
  /** Keeps rows, calls `onKept` with those that are new, then tells the followers. Rows continue the log.
   * `chain` is the back's, at the last row. */
  append(rows: readonly LogRow[], onKept: (rows: readonly LogRow[]) => void, chain?: string): Promise<void>;
  /** What was seen of the back's log, for the back itself: the last row that is kept, with its chain. Null at first. */
  seen(): Cursor | null;
  /** Begins again at `head` of another epoch, calls `onBegun`, then tells the followers, whose cursors resync. */
  restart(epoch: string, head: number, onBegun: () => void): Promise<void>;
}

// Live followers read what has just been appended; only those who come back after a while go to the file.
const recentRows = 1000;

/** The epoch of a mirror that has never met the back. Its first hello replaces it. */
export const unknownEpoch = "none";

/** Creates the mirror of one workspace over the journal. */
export function createMirrorLog(deps: { readonly journal: Journal }, workspace: string, known?: Mirror): MirrorLog {
  let position: Position = {
    epoch: known?.epoch ?? unknownEpoch,
    head: known?.head ?? 0,
    low: known?.low ?? 1,
  };
  let chain = known?.chain ?? undefined;
  let recent = createBounded<LoggedEvent<RowBody>>(recentRows);
  let recentFrom = position.head + 1;
  const followers = new Set<() => void>();
  const tell = (): void => {
    for (const follower of followers) follower();
  };

  return {
    position: () => position,
    async read(afterSeq, limit) {
      if (afterSeq + 1 >= recentFrom) {
        const page: LoggedEvent<RowBody>[] = [];
        const last = Math.min(position.head, afterSeq + limit);
        for (let seq = afterSeq + 1; seq <= last; seq += 1) {
          const event = recent.get(String(seq));
          if (event !== undefined) page.push(event);
        }
        return page;
      }
      const rows = await deps.journal.read(workspace, afterSeq, limit);
      return rows.filter((row) => row.seq <= position.head).map((row) => ({ seq: row.seq, body: bodyOf(row) }));
    },
    subscribe(follower) {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
    seen() {
      const { epoch, head } = position;
      if (epoch === unknownEpoch) return null;
      return { epoch, seq: head, ...(chain === undefined ? {} : { chain }) };
    },
    async append(rows, onKept, chainAtLast) {
      const fresh = rows.filter((row) => row.seq > position.head);
      const last = fresh.at(-1);
      if (last === undefined) return;
      await deps.journal.append(workspace, fresh, chainAtLast);
      chain = chainAtLast;
      for (const row of fresh) recent.set(String(row.seq), { seq: row.seq, body: bodyOf(row) });
      recentFrom = Math.max(recentFrom, last.seq - recentRows + 1);
      position = { ...position, head: last.seq, low: Math.max(position.low, last.seq - journalLimits.mirrorRows + 1) };
      onKept(fresh);
      tell();
    },
    async restart(epoch, head, onBegun) {
      await deps.journal.restart(workspace, epoch, head);
      chain = undefined;
      recent = createBounded(recentRows);
      recentFrom = head + 1;
      position = { epoch, head, low: head + 1 };
      onBegun();
      tell();
    },
  };
}

function bodyOf(row: LogRow): RowBody {
  return { line: row.line, ...(row.cid === undefined ? {} : { cid: row.cid }), at: row.at };
}
