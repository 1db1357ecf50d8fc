import type { Candidate, Scene } from "./candidate.ts";
import { doubtful } from "./candidate.ts";
import { confidence } from "./confidence.ts";
import { doubtIn } from "./guards.ts";
import { limits } from "./limits.ts";
import type { Offer } from "./offer.ts";
import type { Intent } from "./intent.ts";
import { nameList } from "./name-list.ts";
import { findThings, isExactly, named, thingsOf } from "./things.ts";
import type { Thing } from "./things.ts";
import { trimPunctuation } from "./title.ts";
import { tokensToText } from "./token.ts";
import type { Token } from "./token.ts";

/** Finds the one thing a wish is about and lets `act` answer; asks back when it is none or several. [RX10]
 *
 * `isPlain` is false when a word or two of its title were said and nothing that shows that a task is meant.
 *
 * `undefined` when nothing fits and the person did not even say "task" or the like: then the words were about
 * something else ("cancel my flight"). */
export function pickOne(
  scene: Scene,
  slot: readonly Token[],
  intent: Intent,
  suits: (thing: Thing) => boolean,
  act: (thing: Thing, isPlain: boolean) => Candidate,
  offer: (thing: Thing) => Offer,
): Candidate | undefined {
  const { view, language, heard } = scene;
  const { replies } = language.language;
  const { words, saysKind } = named(slot, language);
  const matching = findThings(thingsOf(view), words, language);
  const suiting = matching.filter(suits);
  const [only] = suiting;
  if (matching.length === 0 && !saysKind) return undefined;
  const isTitle = matching.some((thing) => isExactly(thing, words, language));
  // A title may hold any word, also one that would be a condition elsewhere.
  const doubt = isTitle ? undefined : doubtIn(heard.tokens, language, true);
  if (doubt !== undefined) return doubtful(intent, confidence.doubtful, `${intent}, but ${doubt}`);
  if (only !== undefined && suiting.length === 1) return act(only, isTitle || saysKind);
  const said = trimPunctuation(tokensToText(slot));
  const text =
    suiting.length > 1
      ? replies.ambiguous(nameList(suiting, language))
      : matching.length > 0
        ? replies.noneActive(said)
        : replies.noMatch(said);
  const why = `${intent}: ${suiting.length} things are meant, so ask`;
  return { intent, confidence: confidence.clear, text, offers: suiting.slice(0, limits.maxNamed).map(offer), why };
}
