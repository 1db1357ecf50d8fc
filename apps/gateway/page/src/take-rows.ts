import { applyRow } from "../../src/board/apply-row.ts";
import type { Board, LogRow, Notice } from "../../src/board/board.ts";
import type { Conversation } from "./conversation.ts";

/** What rows brought, beside what now stands on the board. */
export interface RowNews {
  /** Completions, in their order. */
  readonly completions: readonly Notice[];
  /** Something moved of a turn that was not said here. */
  readonly movesOthers: boolean;
  /** What waits for a decision may be other than it was. */
  readonly movesAsks: boolean;
  /** More than how far something has come. */
  readonly isUrgent: boolean;
}

// A call of a task waits, was decided, or goes with its task.
const touchesAsks = /\|waiting_approval\||:decision\||\|cancelled\|/;

// How far something has come: of hundreds in a second only the last one is worth a paint.
const isStatus = /^su#/;

/** Takes rows onto the board and into the conversation, each once. [G15] */
export function takeRows(
  rows: readonly LogRow[],
  board: Board,
  conversation: Pick<Conversation, "takeRow">,
  hasAsks: boolean,
): RowNews {
  const fresh = rows.filter((row) => row.seq > board.seq);
  const completions: Notice[] = [];
  let movesOthers = false;
  for (const row of fresh) {
    applyRow(board, row);
    movesOthers = conversation.takeRow(row) || movesOthers;
    const notice = board.notices.get(String(row.seq));
    if (notice?.kind === "complete") completions.push(notice);
  }
  return {
    completions,
    movesOthers,
    // What a run does is news to what is asked only while something is.
    movesAsks: fresh.some(({ line }) => touchesAsks.test(line) || (hasAsks && line.includes("run_"))),
    isUrgent: fresh.some(({ line }) => !isStatus.test(line)),
  };
}
