import type { Candidate, Scene } from "../candidate.ts";
import { doubtful } from "../candidate.ts";
import { labelIntent } from "../classifier/label-intent.ts";
import { confidence } from "../confidence.ts";
import { repeatLast } from "../dialogue/read-repeat.ts";
import { notAWish, reported } from "../guards.ts";
import { tellConversation } from "../intents/read-conversation.ts";
import { tellHelp } from "../intents/read-help.ts";
import { offerCancel, offerRetry, offerSplit } from "../offers.ts";
import { hasFailed, isActive } from "../things.ts";
import { guessCreate } from "./guess-create.ts";
import { guessList } from "./guess-list.ts";
import { guessRecall } from "./guess-recall.ts";
import { guessRemember } from "./guess-remember.ts";
import { guessStatus } from "./guess-status.ts";
import { guessTalk } from "./guess-talk.ts";
import { guessThing } from "./guess-thing.ts";
import type { OpenGuess } from "./open-guess.ts";
import { tellingRest } from "./telling-rest.ts";

// These ask, answer or chat: what would keep a wish from being one does not matter.
const harmless: Readonly<Record<string, OpenGuess>> = {
  "status.query": guessStatus,
  "task.query": guessList,
  "memory.recall": guessRecall,
  smalltalk: guessTalk,
  help: tellHelp,
  "control.repeat": repeatLast,
  conversation: (scene) =>
    tellingRest(scene, scene.language.sets.conversationTalk).length === 0 ? tellConversation(scene, []) : undefined,
};

const wishes: Readonly<Record<string, OpenGuess>> = {
  "task.create": guessCreate,
  "memory.store": guessRemember,
  "task.remove": (scene) =>
    guessThing(
      scene,
      "cancel",
      (thing) => isActive(thing, scene.language),
      (thing) => offerCancel(thing, scene.language),
    ),
  "task.retry": (scene) =>
    guessThing(
      scene,
      "retry",
      (thing) => hasFailed(thing, scene.language),
      (thing) => offerRetry(thing, scene.language),
    ),
  "task.split": (scene) => {
    const tasks = new Set(scene.view.tasks.map((task) => task.id));
    return guessThing(
      scene,
      "task_split",
      (thing) => tasks.has(thing.id) && isActive(thing, scene.language),
      (thing) => offerSplit(thing, scene.language),
    );
  },
};

/** Makes of a sure guess what rules can: an answer from the view, a proposal, or a command whose words stand in one of
 * the loose forms. Else the intent is known, and the back reads the utterance. [RX18] */
export function readGuess(scene: Scene): Candidate | undefined {
  const { guess, heard, language } = scene;
  if (guess === undefined || !guess.isSure) return undefined;
  const intent = labelIntent(guess.label);
  const known = `${intent}: ${guess.probability.toFixed(2)} by ${guess.because().join(", ")}`;
  if (reported(heard, language) && intent !== "repeat")
    return doubtful(intent, confidence.doubtful, `${known}, but reported`);
  const answered = harmless[guess.label]?.(scene);
  if (answered !== undefined) return { ...answered, confidence: guess.probability, why: known };
  const isWish = Object.hasOwn(wishes, guess.label);
  const guarded = isWish ? notAWish(heard, language) : undefined;
  if (guarded !== undefined) return doubtful(intent, confidence.doubtful, `${known}, but ${guarded}`);
  const wished = wishes[guess.label]?.(scene);
  if (wished !== undefined) return { ...wished, confidence: guess.probability, why: `${known}; ${wished.why}` };
  return { intent, confidence: guess.probability, text: "", why: known };
}
