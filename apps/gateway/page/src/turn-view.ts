import type { BoardTurn } from "../../src/board/board.ts";
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

const turnStates: ReadonlySet<unknown> = new Set<TurnState>([
  "heard",
  "recorded",
  "accepted",
  "running",
  "done",
  "failed",
]);

/** Tells whether a value from outside names a state of a turn. */
export function isTurnState(value: unknown): value is TurnState {
  return turnStates.has(value);
}

/** Tells whether nothing more is expected of a turn. */
export function isOver(state: TurnProgress): boolean {
  return state === "done" || state === "failed";
}
