import { createBoard } from "../../src/board/board.ts";
import type { Board, BoardMemory, BoardRun, BoardTask, BoardTurn, Notice } from "../../src/board/board.ts";

/** What `GET /v1/board` answers: the board, and the cursor that continues it. */
export interface Snapshot {
  readonly epoch: string;
  readonly seq: number;
  readonly tasks: readonly BoardTask[];
  readonly runs: readonly BoardRun[];
  readonly memories: readonly BoardMemory[];
  readonly turns: readonly (BoardTurn & { readonly state?: string })[];
  readonly notices: readonly Notice[];
}

/** Makes a board of a snapshot; rows go on after its `seq`. */
export function boardOf(snapshot: Snapshot): Board {
  const board = createBoard();
  board.seq = snapshot.seq;
  for (const task of snapshot.tasks) board.tasks.set(task.id, task);
  for (const run of snapshot.runs) board.runs.set(run.id, run);
  for (const memory of snapshot.memories) board.memories.set(memory.key, memory);
  for (const { state: _, ...turn } of snapshot.turns) board.turns.set(turn.utteranceId, turn);
  for (const notice of snapshot.notices) board.notices.set(String(notice.seq), notice);
  return board;
}

/** Reads one event of the link as a row. One of another shape still has its place in the order, and says nothing. */
export function readRow(
  seq: number,
  body: { readonly [name: string]: unknown },
): { seq: number; line: string; cid?: string; at: number } {
  const { line, cid, at } = body;
  if (typeof line !== "string" || typeof at !== "number") return { seq, line: "", at: 0 };
  return { seq, line, ...(typeof cid === "string" ? { cid } : {}), at };
}
