import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { limits } from "../limits.ts";
import { tellingWords } from "../memories.ts";
import { toKeys } from "../normalise.ts";
import { meaningOf } from "../stem.ts";
import { localDay, localDayNumber, timeWords } from "../time-words.ts";
import { capitalise, shorten } from "../title.ts";
import type { ViewTurn } from "../view.ts";

const maxQuotedLength = 120;

// The sentence around it ends with a full stop of its own.
const shortly = (text: string): string => shorten(text.replace(/\.$/, ""), maxQuotedLength);

/** Reads the question what was discussed. Always loads `conversation_YYYY-MM-DD`, and tells at once what the view has,
 * the latest turns in the order they were said. "Yesterday" is the day before on the person's calendar. [RX11] */
export const readConversation: ReadIntent = (scene) => {
  const { heard, language } = scene;
  const match = language.books.conversation.match(heard.tokens);
  return match && tellConversation(scene, tellingWords(match.slots["topic"] ?? [], language));
};

/** Tells the latest turns, of yesterday when it is said, and loads that day's conversation. */
export function tellConversation(scene: Scene, topic: readonly string[]): Candidate {
  const { heard, view, language } = scene;
  const offset = view.utcOffsetMinutes ?? 0;
  const asksYesterday = heard.tokens.some((token) => language.sets.yesterday.has(token.key));
  const daysBack = asksYesterday ? 1 : 0;
  const day = localDay(view.nowMs, offset, daysBack);
  const dayNumber = localDayNumber(view.nowMs, offset, daysBack);
  const turns = view.conversation
    .filter((turn) => !asksYesterday || localDayNumber(turn.atMs, offset) === dayNumber)
    .filter((turn) => mentions(turn, topic, scene))
    .toSorted((a, b) => a.atMs - b.atMs);
  const { replies } = language.language;
  return {
    intent: "conversation",
    confidence: confidence.clear,
    text: turns.length === 0 ? replies.lookUpConversation(day) : tell(scene, turns),
    commands: [{ op: "context_load", context_id: `conversation_${day}`, depth: "full" }],
    answered: turns.length > 0,
    why:
      turns.length === 0 ? "conversation: nothing in the view, so load it" : "conversation: from the view, and load it",
  };
}

function mentions(turn: ViewTurn, topic: readonly string[], { language }: Scene): boolean {
  if (topic.length === 0) return true;
  const known = toKeys(`${turn.text} ${turn.reply}`, language);
  return topic.every((word) => known.some(meaningOf(word, language)));
}

function tell({ view, language }: Scene, turns: readonly ViewTurn[]): string {
  const { replies } = language.language;
  const told = turns.slice(-limits.maxTold).map((turn) => {
    const when = timeWords(turn.atMs, view.nowMs, view.utcOffsetMinutes ?? 0, language.language);
    const said = replies.said(when, shortly(turn.text), shortly(turn.reply));
    return `${capitalise(said)}.`;
  });
  const earlier = turns.length - told.length;
  return earlier > 0 ? `${told.join(" ")} ${replies.saidEarlier(earlier)}` : told.join(" ");
}
