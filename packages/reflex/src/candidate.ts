import type { Command } from "@kingly/codec";
import type { CompiledLanguage } from "./compile-language.ts";
import type { Intent } from "./intent.ts";
import type { Heard } from "./normalise.ts";
import type { View } from "./view.ts";

/** Everything a rule may look at. */
export interface Scene {
  readonly heard: Heard;
  readonly view: View;
  readonly language: CompiledLanguage;
}

/** What one rule makes of an utterance. Below the threshold only `intent`, `confidence` and `why` are used. */
export interface Candidate {
  readonly intent: Intent;
  readonly confidence: number;
  readonly text: string;
  readonly commands?: readonly Command[];
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
