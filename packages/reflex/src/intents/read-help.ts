import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";

/** Reads the question what can be said, or how a thing is done with Kingly: "how do I create a task?" [RX14] */
export const readHelp: ReadIntent = (scene) => {
  const { heard, language } = scene;
  const { help, howTo } = language.books;
  if (help.match(heard.tokens) === undefined && howTo.match(heard.tokens) === undefined) return undefined;
  return tellHelp(scene);
};

/** Says what can be said. */
export function tellHelp({ language }: Scene): Candidate {
  return {
    intent: "help",
    confidence: confidence.sure,
    text: language.language.replies.help,
    why: "help: what can be said",
  };
}
