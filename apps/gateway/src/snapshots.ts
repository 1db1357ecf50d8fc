import type { Board } from "./board/board.ts";
import type { CacheCounts } from "./reply-cache.ts";
import type { Workspace } from "./workspace.ts";

/** Makes the snapshots that pages begin with. */
export interface Snapshots {
  of(workspace: Workspace): unknown;
  counts(): CacheCounts;
}

interface Kept {
  readonly seq: number;
  readonly epoch: string;
  readonly turns: number;
  readonly value: unknown;
}

/** Creates the maker: one snapshot for each state of a board, however many pages come at once. [G12][G25] */
export function createSnapshots(): Snapshots {
  const kept = new WeakMap<Board, Kept>();
  let hits = 0;
  let misses = 0;
  return {
    of(workspace) {
      const board = workspace.board();
      const { epoch } = workspace.eventLog.position();
      const turns = workspace.turns.version();
      const before = kept.get(board);
      if (before?.seq === board.seq && before.epoch === epoch && before.turns === turns) {
        hits += 1;
        return before.value;
      }
      misses += 1;
      const value = snapshotOf(workspace);
      kept.set(board, { seq: board.seq, epoch, turns, value });
      return value;
    },
    counts: () => ({ hits, misses }),
  };
}

/** What a page needs to begin: the board as it stands and the cursor that continues it. [G12] */
function snapshotOf(workspace: Workspace): unknown {
  const board = workspace.board();
  const { epoch } = workspace.eventLog.position();
  return {
    epoch,
    seq: board.seq,
    tasks: board.tasks.values(),
    runs: board.runs.values(),
    memories: board.memories.values(),
    turns: board.turns.values().map((turn) => {
      const state = workspace.turns.stateOf(turn.utteranceId);
      return { ...turn, ...(state === undefined ? {} : { state }) };
    }),
    notices: board.notices.values(),
  };
}
