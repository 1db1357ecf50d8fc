import type { Notice } from "../../src/board/board.ts";
import type { TurnView } from "./turn-view.ts";

/** Finds what is new to somebody who listens: each reply and each notice once. [G15] */
export interface Announcer {
  /** Takes all as known without a word: what was there before. */
  learn(turns: readonly TurnView[], notices: readonly Notice[]): void;
  /** Returns what to say of it, or undefined when nothing is new. */
  news(turns: readonly TurnView[], notices: readonly Notice[]): string | undefined;
}

const most = 3;

/** Creates an announcer that knows nothing yet. At most three things are said at once, then how many more there are. */
export function createAnnouncer(): Announcer {
  let repliesOf = new Map<string, number>();
  let refused = new Set<string>();
  let lastSeq = 0;
  const take = (turns: readonly TurnView[], notices: readonly Notice[]): string[] => {
    const said = turns.flatMap((turn) => [
      ...turn.replies.slice(repliesOf.get(turn.utteranceId) ?? 0).map((reply) => reply.text),
      ...(turn.refusal === undefined || refused.has(turn.utteranceId) ? [] : [`Not taken: ${turn.refusal.message}`]),
    ]);
    said.push(
      ...notices
        .filter((notice) => notice.seq > lastSeq)
        .map(({ kind, title, text }) => `${noticeWords[kind]}: ${title}${text === "" ? "" : `, ${text}`}`),
    );
    // Only what is shown needs to be known: the maps stay as bounded as the board.
    repliesOf = new Map(turns.map((turn) => [turn.utteranceId, turn.replies.length]));
    refused = new Set(turns.flatMap((turn) => (turn.refusal === undefined ? [] : [turn.utteranceId])));
    lastSeq = notices.reduce((last, notice) => Math.max(last, notice.seq), 0);
    return said;
  };
  return {
    learn: (turns, notices) => void take(turns, notices),
    news(turns, notices) {
      const said = take(turns, notices);
      if (said.length === 0) return undefined;
      const rest = said.length - most;
      return said.slice(-most).join(" ") + (rest > 0 ? ` And ${rest} more.` : "");
    },
  };
}

/** What each kind of notice is called. */
export const noticeWords: Readonly<Record<Notice["kind"], string>> = {
  complete: "Completed",
  context: "Context",
  error: "Problem",
};
