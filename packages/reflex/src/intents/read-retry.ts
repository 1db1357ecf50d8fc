import type { Candidate, ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { nameList } from "../name-list.ts";
import { pickOne } from "../pick-one.ts";
import { limits } from "../limits.ts";
import type { Offer } from "../offer.ts";
import { offerRetry } from "../offers.ts";
import { hasFailed, thingsOf } from "../things.ts";
import type { Thing } from "../things.ts";

/** Reads the wish to try something failed again: "retry the failed one", "try the import again". [RX10]
 *
 * "Try again" alone is understood only when exactly one thing has failed; people also say it to be heard again. */
export const readRetry: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const { replies } = language.language;
  const { books } = language;
  const offer = (thing: Thing): Offer => offerRetry(thing, language);
  const retry = (thing: Thing): Candidate => ({
    intent: "retry",
    confidence: confidence.clear,
    text: offer(thing).text,
    commands: offer(thing).commands,
    why: "retry: the one failed thing that is meant",
  });
  const isBare = books.retryBare.match(heard.tokens) !== undefined;
  if (isBare || books.again.match(heard.tokens) !== undefined) {
    const failed = thingsOf(view).filter((thing) => hasFailed(thing, language));
    const [first] = failed;
    if (first !== undefined && failed.length === 1) return retry(first);
    if (!isBare) return undefined;
    const text = first === undefined ? replies.nothingFailed : replies.ambiguous(nameList(failed, language));
    const offers = failed.slice(0, limits.maxNamed).map(offer);
    return { intent: "retry", confidence: confidence.clear, text, offers, why: "retry: nothing named, so ask" };
  }
  const slot = books.retry.match(heard.tokens)?.slots["thing"];
  return slot && pickOne(scene, slot, "retry", (thing) => hasFailed(thing, language), retry, offer);
};
