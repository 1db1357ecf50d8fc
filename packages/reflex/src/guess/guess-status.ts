import type { OpenGuess } from "./open-guess.ts";
import { tellStatus, tellStatusOf } from "../intents/read-status.ts";
import { findThings, thingsOf } from "../things.ts";
import { tellingRest } from "./telling-rest.ts";

/** Answers a question how things stand: all of them when nothing is named, else what the view has under that name. */
export const guessStatus: OpenGuess = (scene) => {
  const words = tellingRest(scene, scene.language.sets.statusTalk);
  if (words.length === 0) return tellStatus(scene);
  const found = findThings(thingsOf(scene.view), words, scene.language);
  return found.length === 0 ? undefined : tellStatusOf(scene, found);
};
