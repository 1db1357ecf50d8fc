import { laterState, turnState } from "../../src/board/turn-state.ts";
import type { TurnState } from "../../src/board/turn-state.ts";
import { isTurnState } from "./turn-view.ts";
import type { Refusal, Reply, TurnProgress } from "./turn-view.ts";

/** A turn that was said on this page: what its own frames told, and how far each of its commands has come. */
export interface OwnTurn {
  readonly utteranceId: string;
  readonly text: string;
  readonly atMs: number;
  readonly replies: readonly Reply[];
  readonly state: TurnProgress;
  readonly commands: ReadonlyMap<string, TurnState>;
  readonly refusal?: Refusal;
}

/** What a `reply` frame says. */
export interface ReplyNews {
  readonly text: string;
  readonly by: string;
  readonly state: TurnState;
  readonly cids: readonly string[];
}

/** Begins a turn that was just said. */
export function beginOwnTurn(utteranceId: string, text: string, atMs: number): OwnTurn {
  return { utteranceId, text, atMs, replies: [], state: "sending", commands: new Map() };
}

/** Reads the body of a `reply` frame, or undefined when it is of another shape. */
export function readReplyNews(body: unknown): ReplyNews | undefined {
  const { reply, commands } = body as { readonly reply?: unknown; readonly commands?: unknown };
  if (typeof reply !== "object" || reply === null) return undefined;
  const { text, by, state } = reply as { readonly text?: unknown; readonly by?: unknown; readonly state?: unknown };
  if (typeof text !== "string" || !isTurnState(state)) return undefined;
  const cids = Array.isArray(commands)
    ? commands.flatMap((command: { readonly cid?: unknown } | null) =>
        typeof command?.cid === "string" ? [command.cid] : [],
      )
    : [];
  return { text, by: typeof by === "string" ? by : "kingly", state, cids };
}

/** Takes a `reply` frame in: the same reply in a later state is still one reply. [G15] */
export function withReply(turn: OwnTurn, news: ReplyNews, atMs: number): OwnTurn {
  const isSame = (reply: Reply): boolean => reply.by === news.by && reply.text === news.text;
  const replies = turn.replies.some(isSame)
    ? turn.replies.map((reply) => (isSame(reply) ? { ...reply, state: news.state } : reply))
    : [...turn.replies, { text: news.text, by: news.by, state: news.state, atMs }];
  const commands = new Map(news.cids.map((cid) => [cid, turn.commands.get(cid) ?? "recorded"]));
  return { ...turn, replies, commands, state: later(turn.state, news.state) };
}

/** Takes a `state` frame in; what comes late takes nothing back. */
export function withState(turn: OwnTurn, state: TurnState): OwnTurn {
  return { ...turn, state: later(turn.state, state) };
}

/** Takes in how far one command has come; the turn is as far as its slowest command. */
export function withCommandState(turn: OwnTurn, cid: string, state: TurnState): OwnTurn {
  const before = turn.commands.get(cid);
  if (before === undefined) return turn;
  const commands = new Map(turn.commands).set(cid, laterState(before, state));
  return { ...turn, commands, state: later(turn.state, turnState([...commands.values()])) };
}

/** Takes a refusal in: the turn is over. */
export function withRefusal(turn: OwnTurn, refusal: Refusal): OwnTurn {
  return { ...turn, state: "failed", refusal };
}

/** Returns the later of two states of a turn; `sending` is before all. */
export function later(a: TurnProgress, b: TurnProgress): TurnProgress {
  if (a === "sending") return b;
  return b === "sending" ? a : laterState(a, b);
}
