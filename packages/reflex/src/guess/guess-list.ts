import { tellTasks } from "../intents/read-list.ts";
import type { OpenGuess } from "./open-guess.ts";
import { tellingRest } from "./telling-rest.ts";

/** Answers a question for the tasks: all when nothing more is said, those of a status when that alone is. */
export const guessList: OpenGuess = (scene) => {
  const [filter = "", ...more] = tellingRest(scene, scene.language.sets.listTalk);
  const isStatus = filter === "" || Object.hasOwn(scene.language.language.statuses, filter);
  return more.length === 0 && isStatus ? tellTasks(scene, filter) : undefined;
};
