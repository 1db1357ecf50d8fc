import type { BoardTurn } from "../../src/board/board.ts";
import { later } from "./own-turn.ts";
import type { OwnTurn } from "./own-turn.ts";
import { isTurnState } from "./turn-view.ts";
import type { Reply, TurnProgress, TurnView } from "./turn-view.ts";

/** What is known of one turn: from the log, from this page's own frames, and the state that a snapshot told. */
export interface TurnSources {
  readonly logged: BoardTurn | undefined;
  readonly own: OwnTurn | undefined;
  readonly told: TurnProgress | undefined;
}

/** Makes one turn of all that is known of it. A reply that came both ways is shown once. [G15] */
export function mergeTurn({ logged, own, told }: TurnSources): TurnView | undefined {
  const base = own ?? logged;
  if (base === undefined) return undefined;
  return {
    utteranceId: base.utteranceId,
    text: base.text,
    atMs: base.atMs,
    replies: mergeReplies(own?.replies ?? [], logged?.replies ?? []),
    state: mergeState(logged, own, told),
    ...(own?.refusal === undefined ? {} : { refusal: own.refusal }),
  };
}

/** Joins replies in order, each once: one that the same speaker gave in the same words is the same. [G15] */
export function mergeReplies(own: readonly Reply[], logged: readonly Reply[]): readonly Reply[] {
  const replies = new Map<string, Reply>();
  for (const reply of [...own, ...logged]) {
    const key = `${reply.by}\n${reply.text}`;
    if (!replies.has(key)) replies.set(key, reply);
  }
  return [...replies.values()];
}

function mergeState(
  logged: BoardTurn | undefined,
  own: OwnTurn | undefined,
  told: TurnProgress = "sending",
): TurnProgress {
  // What stands in the log is recorded, whoever said it.
  let state = later(later(own?.state ?? "sending", told), logged === undefined ? "sending" : "recorded");
  // With commands of its own a turn is over when they are; what was said meanwhile is not the end of it.
  if (own !== undefined && own.commands.size > 0) return state;
  for (const reply of logged?.replies ?? []) {
    if (isTurnState(reply.state)) state = later(state, reply.state);
  }
  return state;
}
