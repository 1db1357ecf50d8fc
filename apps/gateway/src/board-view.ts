import type { View } from "@kingly/reflex";
import type { Board } from "./board/board.ts";

/** Creates the reflex's view of a board. Its lists are made again only when the board has changed. [G11] */
export function createBoardView(
  board: Board,
): (now: {
  readonly nowMs: number;
  readonly backConnected: boolean;
  readonly utcOffsetMinutes: number;
  readonly workflows: View["workflows"];
}) => View {
  let madeAtSeq = -1;
  let lists: Pick<View, "tasks" | "runs" | "memories" | "conversation"> = {
    tasks: [],
    runs: [],
    memories: [],
    conversation: [],
  };
  return (now) => {
    if (madeAtSeq !== board.seq) {
      madeAtSeq = board.seq;
      lists = {
        tasks: board.tasks.values(),
        runs: board.runs.values(),
        memories: board.memories.values(),
        conversation: board.turns.values().map((turn) => ({
          utteranceId: turn.utteranceId,
          text: turn.text,
          reply: turn.replies.at(-1)?.text ?? "",
          atMs: turn.atMs,
        })),
      };
    }
    return { ...now, ...lists };
  };
}
