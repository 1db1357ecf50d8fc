import { commandNews, isOver, laterState, turnState } from "./board/turn-state.ts";
import type { TurnState } from "./board/turn-state.ts";
import { createBounded } from "./board/bounded.ts";
import type { LogRow } from "./board/board.ts";

interface Turn {
  readonly id: string;
  state: TurnState;
  readonly commands: Map<string, TurnState>;
  /** They go with the turn: a turn that rests for ever must not hold its listeners for ever. */
  readonly listeners: ((state: TurnState) => void)[];
}

/** How far each turn has come, by what its commands' events say. [G13] */
export interface Turns {
  /** Begins to follow a recorded turn, or follows other commands of it from now on: who watches it goes on watching. */
  follow(id: string, state: TurnState, cids: readonly string[]): void;
  onRow(row: LogRow): void;
  /** A command that the back refused outside of its log: it will never have an event. */
  onRefused(cid: string): void;
  stateOf(id: string): TurnState | undefined;
  /** Another number after every change of any turn. */
  version(): number;
  /** Calls `listener` for every new state of the turn until it is over, or until many others came after it. */
  watch(id: string, listener: (state: TurnState) => void): void;
}

// Turns that are older than this many are over, or nobody looks at them any more.
const maxTurns = 5000;

// An id may be said again and again, from link after link: only the newest listeners are still there.
const maxListeners = 16;

/** Creates the follower of one workspace's turns. */
export function createTurns(): Turns {
  const byId = createBounded<Turn>(maxTurns);
  const byCid = createBounded<Turn>(maxTurns * 3);
  let version = 0;
  const move = (cid: string, next: TurnState): void => {
    const turn = byCid.get(cid);
    const before = turn?.commands.get(cid);
    if (turn === undefined || before === undefined) return;
    turn.commands.set(cid, laterState(before, next));
    const state = turnState([...turn.commands.values()]);
    if (state === turn.state) return;
    turn.state = state;
    version += 1;
    for (const listener of turn.listeners) listener(state);
    if (isOver(state)) turn.listeners.length = 0;
  };
  return {
    follow(id, state, cids) {
      const turn: Turn = {
        id,
        state,
        commands: new Map(cids.map((cid) => [cid, "recorded" as const])),
        listeners: isOver(state) ? [] : (byId.get(id)?.listeners.splice(0) ?? []),
      };
      byId.set(id, turn);
      version += 1;
      for (const cid of cids) byCid.set(cid, turn);
    },
    onRow(row) {
      // Most rows of a long log belong to turns that nobody follows any more: they are not even read.
      const isFollowed = row.cid !== undefined && byCid.get(row.cid) !== undefined;
      if (!isFollowed && !row.line.includes("|cancelled")) return;
      const news = commandNews(row);
      if (news !== undefined) move(news.cid, news.state);
    },
    onRefused: (cid) => move(cid, "failed"),
    stateOf: (id) => byId.get(id)?.state,
    version: () => version,
    watch(id, listener) {
      const turn = byId.get(id);
      if (turn === undefined || isOver(turn.state)) return;
      turn.listeners.push(listener);
      if (turn.listeners.length > maxListeners) turn.listeners.shift();
    },
  };
}
