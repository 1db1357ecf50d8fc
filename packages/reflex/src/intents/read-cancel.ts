import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { nameList } from "../name-list.ts";
import { pickOne } from "../pick-one.ts";
import { limits } from "../limits.ts";
import type { Offer } from "../offer.ts";
import { offerCancel } from "../offers.ts";
import { isActive, thingsOf } from "../things.ts";
import type { Thing } from "../things.ts";

/** Reads the wish to cancel. It cannot be undone, so "task" (or the like), the whole title or the id must be said;
 * "stop" or "cancel auth" only proposes. [RX10] */
export const readCancel: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const { replies } = language.language;
  const offer = (thing: Thing): Offer => offerCancel(thing, language);
  const act = (thing: Thing): Pick<Offer, "text" | "commands"> => {
    const { text, commands } = offer(thing);
    return { text, commands };
  };
  if (language.books.cancelBare.match(heard.tokens) !== undefined) {
    const active = thingsOf(view).filter((thing) => isActive(thing, language));
    const [first] = active;
    const text =
      first === undefined
        ? replies.nothingToCancel
        : active.length === 1
          ? replies.propose(first.title)
          : replies.ambiguous(nameList(active, language));
    const offers = active.slice(0, limits.maxNamed).map(offer);
    return { intent: "cancel", confidence: confidence.sure, text, offers, why: "cancel: nothing named, so propose" };
  }
  const slot = language.books.cancel.match(heard.tokens)?.slots["thing"];
  if (slot === undefined) return undefined;
  return pickOne(
    scene,
    slot,
    "cancel",
    (thing) => isActive(thing, language),
    (thing, isPlain) =>
      isPlain
        ? {
            intent: "cancel",
            confidence: confidence.clear,
            ...act(thing),
            why: "cancel: the one active thing that is meant",
          }
        : {
            intent: "cancel",
            confidence: confidence.clear,
            text: replies.propose(thing.title),
            offers: [offer(thing)],
            why: "cancel: perhaps this one, so propose",
          },
    offer,
  );
};
