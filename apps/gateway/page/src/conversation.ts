import { parseEvent } from "@kingly/codec";
import { createBounded } from "../../src/board/bounded.ts";
import { boardLimits } from "../../src/board/board.ts";
import type { BoardTurn, LogRow } from "../../src/board/board.ts";
import { commandNews, laterState, stateAfter } from "../../src/board/turn-state.ts";
import type { TurnState } from "../../src/board/turn-state.ts";
import { mergeTurn } from "./merge-turn.ts";
import type { TurnSources } from "./merge-turn.ts";
import { beginOwnTurn, readReplyNews, withCommandState, withRefusal, withReply, withState } from "./own-turn.ts";
import type { OwnTurn } from "./own-turn.ts";
import { isTurnState } from "./turn-view.ts";
import type { Refusal, TurnView } from "./turn-view.ts";

/** The turns of the page: what was said here, beside what the log tells. Keyed by the utterance's id. [G15] */
export interface Conversation {
  say(utteranceId: string, text: string, atMs: number): void;
  /** Takes back what could not even be kept. */
  forget(utteranceId: string): void;
  /** Takes the body of a `reply` frame. */
  takeReply(utteranceId: string, body: unknown, atMs: number): void;
  takeState(utteranceId: string, state: string): void;
  refuse(utteranceId: string, refusal: Refusal): void;
  /** Takes a row of the log. True when it moves a command of a turn that was not said here. */
  takeRow(row: LogRow): boolean;
  /** Takes the states that a snapshot tells. */
  takeStates(turns: readonly { readonly utteranceId: string; readonly state?: unknown }[]): void;
  /** All turns, in the order in which they became known. The same turn is the same object until it changes. */
  views(logged: readonly BoardTurn[]): readonly TurnView[];
  /** What was said here and not heard yet. */
  sending(): number;
}

// Commands by their cid, and the last news of commands that others caused.
const maxCommands = 4000;

/** Creates a conversation in which nothing was said yet. */
export function createConversation(): Conversation {
  let own = createBounded<OwnTurn>(boardLimits.turns);
  const ownerOf = createBounded<string>(maxCommands);
  const othersState = createBounded<TurnState>(maxCommands);
  const told = createBounded<TurnState>(boardLimits.turns * 2);
  const inLog = createBounded<true>(boardLimits.turns * 2);
  let shown = new Map<string, { readonly sources: TurnSources; readonly view: TurnView }>();

  const change = (id: string, next: (turn: OwnTurn) => OwnTurn): void => {
    const turn = own.get(id);
    if (turn !== undefined) own.set(id, next(turn));
  };
  const isTurn = (id: string): boolean => inLog.get(id) === true || own.get(id) !== undefined;
  const viewOf = (id: string, sources: TurnSources): TurnView | undefined => {
    const before = shown.get(id);
    if (before === undefined) return mergeTurn(sources);
    const { logged, own, told } = before.sources;
    const isSame = logged === sources.logged && own === sources.own && told === sources.told;
    return isSame ? before.view : mergeTurn(sources);
  };

  return {
    say(id, text, atMs) {
      if (own.get(id) === undefined) own.set(id, beginOwnTurn(id, text, atMs));
    },
    forget(id) {
      const kept = own.values().filter((turn) => turn.utteranceId !== id);
      own = createBounded(boardLimits.turns);
      for (const turn of kept) own.set(turn.utteranceId, turn);
    },
    takeReply(id, body, atMs) {
      const news = readReplyNews(body);
      if (news === undefined) return;
      for (const cid of news.cids) ownerOf.set(cid, id);
      change(id, (turn) => withReply(turn, news, atMs));
    },
    takeState(id, state) {
      if (isTurnState(state)) change(id, (turn) => withState(turn, state));
    },
    refuse(id, refusal) {
      change(id, (turn) => withRefusal(turn, refusal));
    },
    takeRow(row) {
      const parsed = parseEvent(row.line);
      if (!parsed.ok) return false;
      if (parsed.value.op === "utterance_recorded") inLog.set(parsed.value.utterance_id, true);
      // What the back itself reads has no command: its status is told of the utterance.
      if (parsed.value.op === "status_update" && isTurn(parsed.value.entity_id)) {
        const id = parsed.value.entity_id;
        const state = stateAfter(row.line);
        if (state !== undefined) told.set(id, laterState(told.get(id) ?? "recorded", state));
        return false;
      }
      const news = commandNews(row);
      if (news === undefined) return false;
      const { cid, state } = news;
      const owner = ownerOf.get(cid);
      if (owner !== undefined) {
        change(owner, (turn) => withCommandState(turn, cid, state));
        return false;
      }
      if (othersState.get(cid) === state) return false;
      othersState.set(cid, state);
      return true;
    },
    takeStates(turns) {
      for (const { utteranceId, state } of turns) {
        inLog.set(utteranceId, true);
        if (isTurnState(state)) told.set(utteranceId, laterState(told.get(utteranceId) ?? "heard", state));
      }
    },
    views(logged) {
      const next: typeof shown = new Map();
      const take = (id: string, logged: BoardTurn | undefined): void => {
        const sources = { logged, own: own.get(id), told: told.get(id) };
        const view = viewOf(id, sources);
        if (view !== undefined) next.set(id, { sources, view });
      };
      for (const turn of logged) take(turn.utteranceId, turn);
      for (const turn of own.values()) if (!next.has(turn.utteranceId)) take(turn.utteranceId, undefined);
      shown = next;
      return [...next.values()].map((entry) => entry.view);
    },
    sending: () => own.values().filter((turn) => turn.state === "sending").length,
  };
}
