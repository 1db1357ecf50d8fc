import type { Command } from "@kingly/codec";
import type { Guess } from "./classifier/classifier.ts";
import type { CompiledLanguage } from "./compile-language.ts";
import type { Intent } from "./intent.ts";
import type { Heard } from "./normalise.ts";
import type { Offer } from "./offer.ts";
import type { Slots } from "./slots.ts";
import type { View } from "./view.ts";

/** Everything a rule may look at. */
export interface Scene {
  readonly heard: Heard;
  readonly view: View;
  readonly language: CompiledLanguage;
  /** How long after a command it can be taken back, in milliseconds. */
  readonly undoWindowMs: number;
  /** What the classifier makes of it; only when there is one. */
  readonly guess?: Guess | undefined;
}

/** What one rule makes of an utterance. Below the threshold only `intent`, `confidence` and `why` are used. */
export interface Candidate {
  readonly intent: Intent;
  readonly confidence: number;
  readonly text: string;
  readonly commands?: readonly Command[];
  /** What the person may say yes to, or choose from, next. */
  readonly offers?: readonly Offer[];
  readonly slots?: Slots;
  /** Default: true without commands, false with one. */
  readonly answered?: boolean;
  readonly why: string;
}

/** Reads one intent; `undefined` when nothing of it is in the utterance. */
export type ReadIntent = (scene: Scene) => Candidate | undefined;

/** A candidate that fits but holds more than the rule can read: it goes to the back. */
export function doubtful(intent: Intent, confidence: number, why: string): Candidate {
  return { intent, confidence, text: "", why };
}
