import { doubtIn } from "../guards.ts";
import { store } from "../intents/read-remember.ts";
import type { OpenGuess } from "./open-guess.ts";

/** Stores what a person tells of themselves ("call me Vera"), when the words have one of the forms for it. */
export const guessRemember: OpenGuess = ({ heard, language }) => {
  const { books } = language;
  const isName = books.rememberName.match(heard.tokens) !== undefined;
  const value = isName ? heard.tokens : books.rememberLoose.match(heard.tokens)?.slots["value"];
  if (!isName && (value?.length ?? 0) < 3) return undefined;
  if (value === undefined || heard.asks || doubtIn(heard.tokens, language) !== undefined) return undefined;
  return store(value, language, isName ? language.language.nameKey : undefined);
};
