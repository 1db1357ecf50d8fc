import type { Section } from "./gather.ts";
import type { Subject } from "./subject.ts";
import { timeOf, wordsOfPiece } from "./words-of-piece.ts";

/** Puts a context into words, by rules: the same pieces always give the same text. */
export function writeContext(subject: Subject, sections: readonly Section[], withIds: boolean): string {
  if (subject.kind === "conversation") return writeConversation(subject.day, sections, withIds);
  if (sections.length === 0) return `I remember nothing about ${subject.words}.`;
  return sections
    .map(({ heading, pieces }) => `${heading}: ${pieces.map((piece) => wordsOfPiece(piece, withIds)).join("; ")}.`)
    .join(" ");
}

// Told in the order in which it was said; what was chosen were the latest.
function writeConversation(day: string, sections: readonly Section[], withIds: boolean): string {
  const [said, ...others] = sections;
  if (said === undefined) return `Nothing was said around ${day}.`;
  const turns = said.pieces
    .toReversed()
    .map(({ id, atMs, text }) => `${timeOf(atMs)} ${text}${withIds ? ` (${id})` : ""}`);
  const more = others.map(
    ({ heading, pieces }) => `${heading}: ${pieces.map((piece) => wordsOfPiece(piece, withIds)).join("; ")}.`,
  );
  const { found, pieces } = said;
  const heading = `${said.heading} ${found} ${found === 1 ? "thing" : "things"}`;
  const latest = pieces.length === found ? "" : `, the latest ${pieces.length}`;
  return [`${heading}${latest}: ${turns.join("; ")}.`, ...more].join(" ");
}
