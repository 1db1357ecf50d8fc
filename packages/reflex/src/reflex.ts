import type { Command } from "@kingly/codec";
import type { Candidate, ReadIntent, Scene } from "./candidate.ts";
import { doubtful } from "./candidate.ts";
import { compileLanguage } from "./compile-language.ts";
import { confidence } from "./confidence.ts";
import { english } from "./english/english.ts";
import { notAWish, unreadable } from "./guards.ts";
import type { Intent } from "./intent.ts";
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
import type { Language } from "./language.ts";
import { normalise } from "./normalise.ts";
import type { View } from "./view.ts";

/** What the reflex says to an utterance at once.
 *
 * `confidence` is 0 to 1. `commands` carry no cid, the gateway stamps them; empty when `route` is `back`: then the
 * back reads the utterance itself. `answered` is true when nothing more is to come. `why` names the rule that
 * fired, for people. [RX1][RX4] */
export interface Answer {
  readonly intent: Intent;
  readonly confidence: number;
  readonly reply: { readonly text: string };
  readonly commands: readonly Command[];
  readonly route: "front" | "back";
  readonly answered: boolean;
  readonly why: string;
}

/** Answers utterances at once, from the view alone. Holds no state between calls. */
export interface Reflex {
  answer(text: string, view: View): Answer;
}

/** How a reflex is set up. */
export interface ReflexOptions {
  /** Least confidence with which it speaks for itself, 0 to 1. @default 0.9 */
  readonly threshold?: number;
  /** What it hears and says. @default english */
  readonly language?: Language;
}

// Questions and sentences to remember come first: what they hold may sound like a wish ("what did I say about
// create?"). Then the guards. Then wishes, the more particular before the more general.
const questions: readonly ReadIntent[] = [
  readSmallTalk,
  readHelp,
  readRemember,
  readConversation,
  readRecall,
  readList,
  readStatus,
];
const wishes: readonly ReadIntent[] = [readRetry, readCancel, readSplit, readPlan, readWorkflow, readBuild, readCreate];

/** Creates a reflex: a pure function of text and view. The same input gives the same answer, everywhere. [RX1]
 *
 * Throws RangeError when `threshold` is not a number from 0 to 1. */
export function createReflex(options: ReflexOptions = {}): Reflex {
  const threshold = options.threshold ?? 0.9;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`threshold must be a number from 0 to 1, got ${threshold}. Leave it out for 0.9.`);
  }
  const language = compileLanguage(options.language ?? english);
  return {
    answer(text, view) {
      const reason = unreadable(text.trim());
      if (reason !== undefined) return toBack(doubtful("unknown", confidence.none, reason), view, language.language);
      const scene: Scene = { heard: normalise(text, language), view, language };
      const candidate = read(scene);
      const speaks = candidate.confidence >= threshold && candidate.text !== "";
      return speaks ? toFront(candidate, view, language.language) : toBack(candidate, view, language.language);
    },
  };
}

/** Takes the first rule that is not in doubt; of doubtful ones the first, to say what came nearest. */
function read(scene: Scene): Candidate {
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
  if (guarded !== undefined) return nearest ?? doubtful("unknown", confidence.none, guarded);
  return firstOf(wishes) ?? nearest ?? doubtful("unknown", confidence.none, "nothing fits");
}

function toFront(candidate: Candidate, view: View, { replies }: Language): Answer {
  const commands = candidate.commands ?? [];
  const aboutState = candidate.intent === "status" || candidate.intent === "task_list";
  const away = view.backConnected ? "" : commands.length > 0 ? replies.backAway : aboutState ? replies.asLastHeard : "";
  return {
    intent: candidate.intent,
    confidence: candidate.confidence,
    reply: { text: away === "" ? candidate.text : `${candidate.text} ${away}` },
    commands,
    route: "front",
    answered: candidate.answered ?? commands.length === 0,
    why: candidate.why,
  };
}

function toBack(candidate: Candidate, view: View, { replies }: Language): Answer {
  return {
    intent: candidate.intent,
    confidence: candidate.confidence,
    reply: { text: view.backConnected ? replies.heard : `${replies.heard} ${replies.backAway}` },
    commands: [],
    route: "back",
    answered: false,
    why: candidate.why,
  };
}
