import { laterState, stateAfter, turnState } from "./board/turn-state.ts";
import type { TurnState } from "./board/turn-state.ts";
import { createBounded } from "./board/bounded.ts";
import type { LogRow } from "./board/board.ts";

interface Turn {
  readonly id: string;
  state: TurnState;
  readonly commands: Map<string, TurnState>;
  /** They go with the turn: a turn that rests for ever must not hold its listeners for ever. */
  readonly listeners: Set<(state: TurnState) => void>;
}

/** How far each turn has come, by what its commands' events say. [G13] */
export interface Turns {
  /** Begins to follow a recorded turn. */
  follow(id: string, state: TurnState, cids: readonly string[]): void;
  onRow(row: LogRow): void;
  stateOf(id: string): TurnState | undefined;
  /** Calls `listener` for every new state of the turn until it is over. */
  watch(id: string, listener: (state: TurnState) => void): void;
}

// Turns that are older than this many are over, or nobody looks at them any more.
const maxTurns = 5000;

/** Creates the follower of one workspace's turns. */
export function createTurns(): Turns {
  const byId = createBounded<Turn>(maxTurns);
  const byCid = createBounded<Turn>(maxTurns * 3);
  return {
    follow(id, state, cids) {
      const turn: Turn = {
        id,
        state,
        commands: new Map(cids.map((cid) => [cid, "recorded" as const])),
        listeners: new Set(),
      };
      byId.set(id, turn);
      for (const cid of cids) byCid.set(cid, turn);
    },
    onRow(row) {
      if (row.cid === undefined) return;
      const turn = byCid.get(row.cid);
      const next = turn === undefined ? undefined : stateAfter(row.line);
      const before = turn?.commands.get(row.cid);
      if (turn === undefined || next === undefined || before === undefined) return;
      turn.commands.set(row.cid, laterState(before, next));
      const state = turnState([...turn.commands.values()]);
      if (state === turn.state) return;
      turn.state = state;
      for (const listener of turn.listeners) listener(state);
      if (state === "done" || state === "failed") turn.listeners.clear();
    },
    stateOf: (id) => byId.get(id)?.state,
    watch(id, listener) {
      byId.get(id)?.listeners.add(listener);
    },
  };
}
