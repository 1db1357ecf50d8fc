// Step 4 of the walk: what the back tells is kept, put on the board, and passed on.
import type { Log } from "@kingly/runtime";
import { applyRow } from "./board/apply-row.ts";
import type { Board, LogRow } from "./board/board.ts";
import type { MirrorLog } from "./mirror-log.ts";
import type { Turns } from "./turns.ts";

/** Reads the body of one event from the back; a body of another shape is none of ours. */
export function toRow(seq: number, body: object): LogRow | undefined {
  const { line, cid, at } = body as { readonly line?: unknown; readonly cid?: unknown; readonly at?: unknown };
  if (typeof line !== "string" || typeof at !== "number") return undefined;
  return { seq, line, ...(typeof cid === "string" ? { cid } : {}), at };
}

/** Creates the step: rows are kept before anybody sees them, so that no cursor runs ahead of the mirror, but for a power cut:
 * then the back gives the rows again. [G8] */
export function createOnEvent(deps: {
  readonly mirror: MirrorLog;
  /** The board as it is now: a log that begins again has a new one. */
  board(): Board;
  readonly turns: Turns;
  readonly log: Log;
}): (events: readonly { readonly seq: number; readonly body: object }[], chain?: string) => Promise<void> {
  return async (events, chain) => {
    const rows: LogRow[] = [];
    for (const event of events) {
      const row = toRow(event.seq, event.body);
      if (row === undefined) deps.log.error("an event of the back has no line", { seq: event.seq });
      // The seq must not be missing in the mirror: an empty line is known by nobody and skipped by all.
      rows.push(row ?? { seq: event.seq, line: "", at: 0 });
    }
    // Between the disk and the followers: nothing is shown that a crash could take back, and whoever is told of a row
    // and asks for the board finds it there.
    const onKept = (kept: readonly LogRow[]): void => {
      for (const row of kept) applyRow(deps.board(), row);
      for (const row of kept) deps.turns.onRow(row);
    };
    await deps.mirror.append(rows, onKept, chain);
  };
}
