import type { View, ViewDialogue } from "@kingly/reflex";
import type { Board } from "./board/board.ts";

/** Creates the reflex's view of a board. Its lists are made again only when the board has changed. [G11]
 *
 * A view is of the instant it is read in: use it before the board changes again. */
export function createBoardView(
  board: Board,
): (now: {
  readonly nowMs: number;
  readonly backConnected: boolean;
  readonly utcOffsetMinutes: number;
  readonly workflows: View["workflows"];
  readonly workflowsHeard?: boolean;
  readonly dialogue?: ViewDialogue;
}) => View {
  // Most utterances ask for one list or none: each is made when it is asked for, once for a state of the board.
  const tasks = createList(board, () => board.tasks.values());
  const runs = createList(board, () => board.runs.values());
  const memories = createList(board, () => board.memories.values());
  const conversation = createList(board, () =>
    board.turns.values().map((turn) => ({
      utteranceId: turn.utteranceId,
      text: turn.text,
      reply: turn.replies.at(-1)?.text ?? "",
      atMs: turn.atMs,
    })),
  );
  return (now) => ({
    ...now,
    get tasks() {
      return tasks();
    },
    get runs() {
      return runs();
    },
    get memories() {
      return memories();
    },
    get conversation() {
      return conversation();
    },
  });
}

/** A list that is made again only when the board has changed; frozen, so that the reflex may keep what it found in it. */
function createList<T>(board: Board, make: () => T[]): () => readonly T[] {
  let madeAtSeq = -1;
  let list: readonly T[] = [];
  return () => {
    if (madeAtSeq !== board.seq) {
      madeAtSeq = board.seq;
      list = Object.freeze(make());
    }
    return list;
  };
}
