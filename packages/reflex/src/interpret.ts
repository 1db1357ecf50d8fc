import type { Candidate, ReadIntent, Scene } from "./candidate.ts";
import { doubtful } from "./candidate.ts";
import { confidence } from "./confidence.ts";
import { readAnswer } from "./dialogue/read-answer.ts";
import { readRepeat } from "./dialogue/read-repeat.ts";
import { readUndo } from "./dialogue/read-undo.ts";
import { notAWish } from "./guards.ts";
import { readGuess } from "./guess/read-guess.ts";
import { readBuild } from "./intents/read-build.ts";
import { readCancel } from "./intents/read-cancel.ts";
import { readConversation } from "./intents/read-conversation.ts";
import { readCreate } from "./intents/read-create.ts";
import { readHelp } from "./intents/read-help.ts";
import { readList } from "./intents/read-list.ts";
import { readPlan } from "./intents/read-plan.ts";
import { readRecall } from "./intents/read-recall.ts";
import { readRemember } from "./intents/read-remember.ts";
import { readRetry } from "./intents/read-retry.ts";
import { readSmallTalk } from "./intents/read-small-talk.ts";
import { readSplit } from "./intents/read-split.ts";
import { readStatus } from "./intents/read-status.ts";
import { readWorkflow } from "./intents/read-workflow.ts";
import { readWorkflowPhrase } from "./intents/read-workflow-phrase.ts";

// What answers the last reply comes first: it has no meaning of its own. Then what a person has
// written down as the words of a workflow. Questions and sentences to remember come next:
// what they hold may sound like a wish ("what did I say about create?"). Then the guards. Then wishes, the more
// particular before the more general.
const questions: readonly ReadIntent[] = [
  readAnswer,
  readUndo,
  readWorkflowPhrase,
  readSmallTalk,
  readHelp,
  readRemember,
  readConversation,
  readRecall,
  readList,
  readStatus,
];
const wishes: readonly ReadIntent[] = [readRetry, readCancel, readSplit, readPlan, readWorkflow, readBuild, readCreate];

/** What became of the rules and the guess. `isKnown` tells that the intent was recognised, whoever answers. */
export interface Interpretation {
  readonly candidate: Candidate;
  readonly isKnown: boolean;
}

/** Reads one wish or question: the rules first, which win on the forms they know; then the classifier's guess. [RX18]
 *
 * Of doubtful rules the first is kept, to say what came nearest; a guess never overrules a doubt. */
export function interpret(scene: Scene, threshold: number): Interpretation {
  const rule = readRules(scene);
  const isSure = rule.confidence >= threshold;
  if (isSure && rule.text !== "") return { candidate: rule, isKnown: true };
  const guessed = readGuess(scene);
  const guessIsSure =
    guessed !== undefined && scene.guess?.isSure === true && guessed.confidence !== confidence.doubtful;
  if (isSure) return { candidate: rule, isKnown: true };
  if (guessed === undefined) return { candidate: rule, isKnown: false };
  if (rule.confidence === confidence.none && threshold < 1) return { candidate: guessed, isKnown: guessIsSure };
  // The rule doubts: nothing is done, and the guess only tells what it is about.
  const candidate = { ...doubtful(guessIsSure ? guessed.intent : rule.intent, rule.confidence, rule.why) };
  return {
    candidate: rule.slots === undefined ? candidate : { ...candidate, slots: rule.slots },
    isKnown: guessIsSure,
  };
}

function readRules(scene: Scene): Candidate {
  let nearest: Candidate | undefined;
  const firstOf = (readers: readonly ReadIntent[]): Candidate | undefined => {
    for (const reader of readers) {
      const candidate = reader(scene);
      if (candidate !== undefined && candidate.text !== "") return candidate;
      nearest ??= candidate;
    }
    return undefined;
  };
  const answered = firstOf(questions);
  if (answered !== undefined) return answered;
  const guarded = notAWish(scene.heard, scene.language);
  if (guarded !== undefined) return readRepeat(scene) ?? nearest ?? doubtful("unknown", confidence.none, guarded);
  return firstOf([...wishes, readRepeat]) ?? nearest ?? doubtful("unknown", confidence.none, "nothing fits");
}
