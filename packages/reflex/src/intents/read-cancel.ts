import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { nameList } from "../name-list.ts";
import { pickOne } from "../pick-one.ts";
import { isActive, thingsOf } from "../things.ts";

/** Reads the wish to cancel. It cannot be undone, so "task" (or the like), the whole title or the id must be said;
 * "stop" or "cancel auth" only proposes. [RX10] */
export const readCancel: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const { replies } = language.language;
  if (language.books.cancelBare.match(heard.tokens) !== undefined) {
    const active = thingsOf(view).filter((thing) => isActive(thing, language));
    const [first] = active;
    const text =
      first === undefined
        ? replies.nothingToCancel
        : active.length === 1
          ? replies.propose(first.title)
          : replies.ambiguous(nameList(active, language));
    return { intent: "cancel", confidence: confidence.sure, text, why: "cancel: nothing named, so propose" };
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
            text: replies.cancel(thing.title),
            commands: [{ op: "cancel", target_id: thing.id }],
            why: "cancel: the one active thing that is meant",
          }
        : {
            intent: "cancel",
            confidence: confidence.clear,
            text: replies.propose(thing.title),
            why: "cancel: perhaps this one, so propose",
          },
  );
};
