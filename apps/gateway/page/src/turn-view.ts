import type { BoardTurn } from "../../src/board/board.ts";
import { turnStates } from "../../src/board/turn-state.ts";
import type { TurnState } from "../../src/board/turn-state.ts";

/** How far a turn has come for this page: before `heard` it is still `sending`. */
export type TurnProgress = TurnState | "sending";

/** One reply within a turn. */
export type Reply = BoardTurn["replies"][number];

/** Why something that was said was not taken, in words for people. */
export interface Refusal {
  readonly message: string;
  readonly hint?: string;
}

/** One turn as it is shown: whoever said it, whichever way it became known. */
export interface TurnView {
  readonly utteranceId: string;
  readonly text: string;
  readonly atMs: number;
  readonly replies: readonly Reply[];
  readonly state: TurnProgress;
  readonly refusal?: Refusal;
}

const known: ReadonlySet<unknown> = new Set(turnStates);

/** Tells whether a value from outside names a state of a turn. */
export function isTurnState(value: unknown): value is TurnState {
  return known.has(value);
}

export { isOver } from "../../src/board/turn-state.ts";
