import { confidence } from "../confidence.ts";
import { toKeys } from "../normalise.ts";
import type { OpenGuess } from "./open-guess.ts";

const kinds = ["thanks", "joke", "bye", "greeting", "howAreYou", "whoAreYou"] as const;

/** Answers small talk by the kind that its words show; of any other kind with who it is. Never invents a life. */
export const guessTalk: OpenGuess = ({ heard, language }) => {
  const { replies, talkWords } = language.language;
  const said = new Set(toKeys(heard.text, language));
  const kind = kinds.find((name) => talkWords[name]?.some((word) => said.has(word)) === true) ?? "whoAreYou";
  return { intent: "small_talk", confidence: confidence.clear, text: replies[kind], why: kind };
};
