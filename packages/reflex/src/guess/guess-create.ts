import { doubtIn } from "../guards.ts";
import { create } from "../intents/read-create.ts";
import type { OpenGuess } from "./open-guess.ts";

/** Creates a task from a freer wish, when one of the loose forms tells where its title stands. */
export const guessCreate: OpenGuess = (scene) => {
  const { heard, language } = scene;
  const title = language.books.createLoose.match(heard.tokens)?.slots["title"];
  if (title === undefined || heard.asks || doubtIn(heard.tokens, language) !== undefined) return undefined;
  const candidate = create(scene, title, "create: where its title stands");
  return candidate?.text === "" ? undefined : candidate;
};
