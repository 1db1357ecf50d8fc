// The public API of @kingly/reflex: utterance in, reply and commands out, at once.
export { answer } from "./answer.ts";
export type { Answer } from "./answer-of.ts";
export type { Classifier, Guess } from "./classifier/classifier.ts";
export type { CompiledLanguage } from "./compile-language.ts";
export type { ReadDate, ReadDates } from "./dates.ts";
export { english } from "./english/english.ts";
export type { Intent } from "./intent.ts";
export type {
  Language,
  LanguageCue,
  LanguageCues,
  LanguagePhrases,
  LanguageReplies,
  LanguageWords,
} from "./language.ts";
export { createReflex } from "./reflex.ts";
export { loadEnglishClassifier } from "./load-english-classifier.ts";
export type { Offer } from "./offer.ts";
export type { Reflex, ReflexOptions } from "./reflex.ts";
export type { Slots } from "./slots.ts";
export { emptyView } from "./view.ts";
export type { View, ViewDialogue, ViewMemory, ViewRun, ViewTask, ViewTurn, ViewWorkflow } from "./view.ts";
