import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { joinLimited } from "../name-list.ts";
import { stateLine } from "../state-line.ts";
import { findThings, isActive, named, thingsOf } from "../things.ts";
import { trimPunctuation } from "../title.ts";
import { tokensToText } from "../token.ts";

/** Reads the question how things stand, all of them or one; answered from the view. [RX11] */
export const readStatus: ReadIntent = ({ heard, view, language }) => {
  const { books } = language;
  const { replies } = language.language;
  const tell = (things: ReturnType<typeof thingsOf>): string =>
    joinLimited(
      things.map((thing) => stateLine(thing, language)),
      language,
    );
  if (books.statusAll.match(heard.tokens) !== undefined) {
    const active = thingsOf(view).filter((thing) => isActive(thing, language));
    const text = active.length === 0 ? replies.nothingRunning : `${replies.running(active.length)} ${tell(active)}.`;
    return { intent: "status", confidence: confidence.sure, text, why: "status: everything in hand" };
  }
  const slot = books.statusOne.match(heard.tokens)?.slots["thing"];
  if (slot === undefined) return undefined;
  const { words, saysKind } = named(slot, language);
  const found = findThings(thingsOf(view), words, language);
  if (found.length === 0 && !saysKind) return undefined;
  const text = found.length === 0 ? replies.noMatch(trimPunctuation(tokensToText(slot))) : `${tell(found)}.`;
  return { intent: "status", confidence: confidence.clear, text, why: "status: what was named" };
};
