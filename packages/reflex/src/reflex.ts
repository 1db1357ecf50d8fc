import { toBack, toFront } from "./answer-of.ts";
import type { Answer } from "./answer-of.ts";
import type { Candidate, Scene } from "./candidate.ts";
import { doubtful } from "./candidate.ts";
import type { Classifier } from "./classifier/classifier.ts";
import { compileLanguage } from "./compile-language.ts";
import { confidence } from "./confidence.ts";
import type { ReadDates } from "./dates.ts";
import { english } from "./english/english.ts";
import { isTime, unreadable } from "./guards.ts";
import { interpret } from "./interpret.ts";
import type { Interpretation } from "./interpret.ts";
import { joinCandidates } from "./join-candidates.ts";
import type { Language } from "./language.ts";
import { limits } from "./limits.ts";
import { normalise } from "./normalise.ts";
import { splitWishes } from "./split-wishes.ts";
import type { View } from "./view.ts";

/** Answers utterances at once, from the view alone. Holds nothing of what was said between calls. */
export interface Reflex {
  answer(text: string, view: View): Answer;
}

/** How a reflex is set up. */
export interface ReflexOptions {
  /** Least confidence with which a rule speaks, 0 to 1; the classifier has thresholds of its own. @default 0.9 */
  readonly threshold?: number;
  /** What it hears and says. @default english */
  readonly language?: Language;
  /** Guesses what no rule knows; of the same language. @default none: rules alone */
  readonly classifier?: Classifier;
  /** Reads times in words. @default none: an utterance with a time goes to the back unread */
  readonly readDates?: ReadDates;
  /** How long "undo" takes the last command back, in milliseconds. @default 10000 */
  readonly undoWindowMs?: number;
}

/** Creates a reflex: a pure function of text and view. The same input gives the same answer, everywhere. [RX1]
 *
 * Throws RangeError when `threshold` is not a number from 0 to 1, `undoWindowMs` is negative or no number, or the
 * classifier was trained on another language. */
export function createReflex(options: ReflexOptions = {}): Reflex {
  const { threshold = 0.9, undoWindowMs = 10_000, classifier, readDates } = options;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`threshold must be a number from 0 to 1, got ${threshold}. Leave it out for 0.9.`);
  }
  if (!(undoWindowMs >= 0)) {
    throw new RangeError(`undoWindowMs must be 0 or more, got ${undoWindowMs}. Leave it out for 10,000.`);
  }
  const language = compileLanguage(options.language ?? english);
  if (classifier !== undefined && classifier.tag !== language.language.tag) {
    throw new RangeError(
      `The classifier is for ${classifier.tag}, the language is ${language.language.tag}. Load the one for the language.`,
    );
  }
  const hear = (text: string, view: View): Interpretation => {
    const heard = normalise(text, language);
    // The guess is made when a rule leaves room for it.
    let guess: Scene["guess"];
    const scene: Scene = {
      heard,
      view,
      language,
      undoWindowMs,
      get guess() {
        return (guess ??= classifier?.guess(heard.text, language));
      },
    };
    return withDate(interpret(scene, threshold), scene, readDates);
  };
  const speaks = ({ candidate, isKnown }: Interpretation): boolean => isKnown && candidate.text !== "";
  return {
    answer(text, view) {
      const { language: words } = language;
      const reason = unreadable(text.trim());
      if (reason !== undefined) {
        return toBack({ candidate: doubtful("unknown", confidence.none, reason), isKnown: false }, view, words);
      }
      const { parts, mustSplit } = splitWishes(text, language);
      const heard = parts.length > 1 && parts.length <= limits.maxWishes ? parts.map((part) => hear(part, view)) : [];
      const joined = heard.length > 0 && heard.every(speaks) ? joinParts(heard) : undefined;
      if (joined !== undefined) return toFront(joined, view, words);
      const whole = hear(text, view);
      // Several sentences are one only when they are a known phrase that does nothing: "Hi! How are you?"
      const isOne = !mustSplit || (whole.candidate.confidence === confidence.sure && causesNothing(whole.candidate));
      if (speaks(whole) && isOne) return toFront(whole.candidate, view, words);
      return toBack(mustSplit && speaks(whole) ? unsureOf(whole) : whole, view, words);
    },
  };
}

function joinParts(heard: readonly Interpretation[]): Candidate | undefined {
  return joinCandidates(heard.map(({ candidate }) => candidate));
}

function causesNothing({ commands }: Candidate): boolean {
  return commands === undefined || commands.length === 0;
}

function unsureOf({ candidate }: Interpretation): Interpretation {
  const why = `${candidate.why}, but it has several parts`;
  return { candidate: doubtful(candidate.intent, confidence.doubtful, why), isKnown: false };
}

/** Adds the time that a wish for a task tells, when there is a word of time in it and somebody can read it. [RX19] */
function withDate(heard: Interpretation, scene: Scene, readDates: ReadDates | undefined): Interpretation {
  const { candidate } = heard;
  if (readDates === undefined || candidate.intent !== "task_create" || candidate.text !== "") return heard;
  if (!scene.heard.tokens.some(({ key }) => isTime(key, scene.language))) return heard;
  const { nowMs, utcOffsetMinutes = 0 } = scene.view;
  const date = readDates(scene.heard.text, nowMs, utcOffsetMinutes);
  if (date === undefined) return heard;
  const slots = { ...candidate.slots, dueAtMs: date.atMs, dueText: date.text };
  return { ...heard, candidate: { ...candidate, slots } };
}
