// The public API of @kingly/reflex: utterance in, reply and commands out, at once.
export { answer } from "./answer.ts";
export { english } from "./english/english.ts";
export type { Intent } from "./intent.ts";
export type { Language, LanguagePhrases, LanguageReplies, LanguageWords } from "./language.ts";
export { createReflex } from "./reflex.ts";
export type { Answer, Reflex, ReflexOptions } from "./reflex.ts";
export { emptyView } from "./view.ts";
export type { View, ViewMemory, ViewRun, ViewTask, ViewTurn } from "./view.ts";
