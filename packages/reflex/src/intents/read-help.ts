import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";

/** Reads the question what can be said, or how a thing is done with Kingly: "how do I create a task?" [RX14] */
export const readHelp: ReadIntent = ({ heard, language }) => {
  const { help, howTo } = language.books;
  const { replies } = language.language;
  if (help.match(heard.tokens) === undefined && howTo.match(heard.tokens) === undefined) return undefined;
  return { intent: "help", confidence: confidence.sure, text: replies.help, why: "help: what can be said" };
};
