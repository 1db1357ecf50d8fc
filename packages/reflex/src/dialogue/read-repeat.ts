import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";

/** Reads the wish to hear the last reply again: "say that again". [RX21] */
export const readRepeat: ReadIntent = (scene) =>
  scene.language.books.repeat.match(scene.heard.tokens) === undefined ? undefined : repeatLast(scene);

/** Says the last reply again; without one it only knows what was asked. */
export function repeatLast({ view, language }: Scene): Candidate {
  const last = view.dialogue?.lastReply ?? view.conversation.at(-1)?.reply ?? "";
  const text = last === "" ? "" : language.language.replies.again(last);
  return {
    intent: "repeat",
    confidence: confidence.sure,
    text,
    // What was offered with it still stands.
    ...(view.dialogue?.offers === undefined ? {} : { offers: view.dialogue.offers }),
    why: last === "" ? "repeat: nothing was said yet" : "repeat: the last reply",
  };
}
