import { tellMemories } from "../intents/read-recall.ts";
import { findMemories } from "../memories.ts";
import type { OpenGuess } from "./open-guess.ts";
import { tellingRest } from "./telling-rest.ts";

/** Answers a question for something told, when the view has it. Nothing is loaded on a guess. */
export const guessRecall: OpenGuess = (scene) => {
  const words = tellingRest(scene, scene.language.sets.recallTalk);
  const found = findMemories(scene.view, words, scene.language);
  return found.length === 0 ? undefined : tellMemories(scene, found);
};
