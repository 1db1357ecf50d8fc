import type { Candidate, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { doubtIn } from "../guards.ts";
import type { Intent } from "../intent.ts";
import type { Offer } from "../offer.ts";
import { findThings, thingsOf } from "../things.ts";
import type { Thing } from "../things.ts";
import { tellingRest } from "./telling-rest.ts";

/** Proposes to do something with the one thing that is named; a guess alone never does it. */
export function guessThing(
  scene: Scene,
  intent: Intent,
  suits: (thing: Thing) => boolean,
  offer: (thing: Thing) => Offer,
): Candidate | undefined {
  const { heard, view, language } = scene;
  if (heard.asks || doubtIn(heard.tokens, language, true) !== undefined) return undefined;
  const words = tellingRest(scene, language.sets.actTalk);
  const [only, ...others] = findThings(thingsOf(view).filter(suits), words, language);
  if (only === undefined || others.length > 0) return undefined;
  return {
    intent,
    confidence: confidence.clear,
    text: language.language.replies.proposeOffer(offer(only).text),
    offers: [offer(only)],
    slots: { targetId: only.id },
    why: `${intent}: perhaps this one, so propose`,
  };
}
