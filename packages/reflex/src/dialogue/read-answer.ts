import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import type { Offer } from "../offer.ts";
import { findThings, named } from "../things.ts";

/** Reads "yes", "no", "the second" and a name, as what was offered last gives them their meaning. [RX21]
 *
 * One offer is a proposal: "yes" does exactly that. Several are a question which one. With nothing offered, a yes or no
 * answers somebody else: it is known for what it is, and goes to the back. */
export const readAnswer: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const { books } = language;
  const { replies } = language.language;
  const offers = view.dialogue?.offers ?? [];
  const [only] = offers;
  const agrees = books.yes.match(heard.tokens) !== undefined || books.yes.match(heard.whole) !== undefined;
  const refuses = [books.no, books.notThat].some((book) => book.match(heard.tokens) !== undefined);
  if (heard.asks) return undefined;
  if (only === undefined) {
    // "Not that" may take the last command back, which is read next.
    if (!agrees && books.no.match(heard.tokens) === undefined) return undefined;
    const intent = agrees ? "yes" : "no";
    return {
      intent,
      confidence: confidence.sure,
      text: "",
      why: `${intent}: nothing was offered that it could answer`,
    };
  }
  if (refuses || books.cancelBare.match(heard.tokens) !== undefined || books.undo.match(heard.tokens) !== undefined) {
    return { intent: "no", confidence: confidence.sure, text: replies.leftAlone, why: "no: to what was offered" };
  }
  if (agrees) {
    if (offers.length === 1) return take(only, "yes", "yes: to exactly what was offered");
    const text = replies.ambiguous(offers.map(({ title }) => replies.quote(title)).join(", "));
    return { intent: "yes", confidence: confidence.sure, text, offers, why: "yes: to several, so ask which" };
  }
  const chosen = choose(scene, offers);
  return chosen && take(chosen, "choose", "choose: one of what was offered");
};

function take(offer: Offer, intent: "yes" | "choose", why: string): Candidate {
  return { intent, confidence: confidence.sure, text: offer.text, commands: offer.commands, why };
}

/** Finds the offer that a number, an ordinal or a name means; a name only when several were offered. */
function choose({ heard, language }: Scene, offers: readonly Offer[]): Offer | undefined {
  if (offers.length < 2) return undefined;
  const slot = language.books.choose.match(heard.tokens)?.slots["which"];
  const [which, ...others] = (slot ?? heard.tokens).map((token) => token.key).filter((key) => key !== "");
  const { ordinals } = language.language;
  if (which !== undefined && others.length === 0 && Object.hasOwn(ordinals, which))
    return offers.at(ordinals[which] ?? 0);
  const things = offers.map((offer) => ({ id: offer.title, title: offer.title, status: "", offer }));
  const found = findThings(things, named(slot ?? heard.tokens, language).words, language);
  const [one] = found;
  return one === undefined || found.length > 1 ? undefined : offers.find(({ title }) => title === one.title);
}
