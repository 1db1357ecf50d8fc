import type { Command } from "@kingly/codec";
import type { Candidate } from "./candidate.ts";
import type { Intent } from "./intent.ts";
import type { Interpretation } from "./interpret.ts";
import type { Language } from "./language.ts";
import type { Offer } from "./offer.ts";
import { slotsOf } from "./slots.ts";
import type { Slots } from "./slots.ts";
import { timeWords } from "./time-words.ts";
import type { View } from "./view.ts";

/** What the reflex says to an utterance at once.
 *
 * `confidence` is 0 to 1; `recognised` tells that the intent is known, which is less than a command. `commands` carry no
 * cid, the gateway stamps them; empty when `route` is `back`: then the back reads the utterance itself. `answered` is true
 * when nothing more is to come. `offers` is what a yes would mean next: give it back in the next view. `why` names the
 * rule that fired, or the n-grams that told, for people. [RX1][RX4][RX18][RX21] */
export interface Answer {
  readonly intent: Intent;
  readonly confidence: number;
  readonly recognised: boolean;
  readonly reply: { readonly text: string };
  readonly commands: readonly Command[];
  readonly offers: readonly Offer[];
  readonly slots: Slots;
  readonly route: "front" | "back";
  readonly answered: boolean;
  readonly why: string;
}

/** Makes the answer of one utterance that speaks for itself. */
export function toFront(candidate: Candidate, view: View, { replies }: Language): Answer {
  const commands = candidate.commands ?? [];
  const aboutState = candidate.intent === "status" || candidate.intent === "task_list";
  const away = view.backConnected ? "" : commands.length > 0 ? replies.backAway : aboutState ? replies.asLastHeard : "";
  return {
    intent: candidate.intent,
    confidence: candidate.confidence,
    recognised: true,
    reply: { text: away === "" ? candidate.text : `${candidate.text} ${away}` },
    commands,
    offers: candidate.offers ?? [],
    slots: slotsOf(candidate),
    route: "front",
    answered: candidate.answered ?? commands.length === 0,
    why: candidate.why,
  };
}

/** Makes the answer of an utterance that the back must read; a time that was read in it is told. [RX4][RX19] */
export function toBack({ candidate, isKnown }: Interpretation, view: View, language: Language): Answer {
  const { replies } = language;
  const { dueAtMs } = candidate.slots ?? {};
  const text =
    dueAtMs === undefined
      ? replies.heard
      : replies.heardDue(timeWords(dueAtMs, view.nowMs, view.utcOffsetMinutes ?? 0, language));
  return {
    intent: candidate.intent,
    confidence: candidate.confidence,
    recognised: isKnown,
    reply: { text: view.backConnected ? text : `${text} ${replies.backAway}` },
    commands: [],
    offers: [],
    slots: candidate.slots ?? {},
    route: "back",
    answered: false,
    why: candidate.why,
  };
}
