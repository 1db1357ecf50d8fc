import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import type { CompiledLanguage } from "../compile-language.ts";
import { confidence } from "../confidence.ts";
import { joinLimited } from "../name-list.ts";
import { stateLine } from "../state-line.ts";
import { findThings, isActive, named, thingsOf } from "../things.ts";
import type { Thing } from "../things.ts";
import { trimPunctuation } from "../title.ts";
import { tokensToText } from "../token.ts";

/** Reads the question how things stand, all of them or one; answered from the view. [RX11] */
export const readStatus: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const { books } = language;
  const { replies } = language.language;
  if (books.statusAll.match(heard.tokens) !== undefined) return tellStatus(scene);
  const slot = books.statusOne.match(heard.tokens)?.slots["thing"];
  if (slot === undefined) return undefined;
  const { words, saysKind } = named(slot, language);
  const found = findThings(thingsOf(view), words, language);
  if (found.length === 0 && !saysKind) return undefined;
  if (found.length > 0) return tellStatusOf(scene, found);
  const text = replies.noMatch(trimPunctuation(tokensToText(slot)));
  return { intent: "status", confidence: confidence.clear, text, why: "status: what was named" };
};

/** Says how everything stands that is in hand. */
export function tellStatus({ view, language }: Scene): Candidate {
  const { replies } = language.language;
  const active = thingsOf(view).filter((thing) => isActive(thing, language));
  const text =
    active.length === 0 ? replies.nothingRunning : `${replies.running(active.length)} ${lines(active, language)}.`;
  return { intent: "status", confidence: confidence.sure, text, why: "status: everything in hand" };
}

/** Says how some things stand. */
export function tellStatusOf({ language }: Scene, things: readonly Thing[]): Candidate {
  return {
    intent: "status",
    confidence: confidence.clear,
    text: `${lines(things, language)}.`,
    slots: { about: things.map(({ title }) => title).join(", ") },
    why: "status: what was named",
  };
}

function lines(things: readonly Thing[], language: CompiledLanguage): string {
  return joinLimited(things, (thing) => stateLine(thing, language), language);
}
