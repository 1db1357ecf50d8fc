import type { CompiledLanguage } from "./compile-language.ts";
import { createKeysOf } from "./keys-of.ts";
import { meaningOf } from "./stem.ts";
import type { Token } from "./token.ts";
import type { View } from "./view.ts";

const titleKeys = /* @__PURE__ */ createKeysOf();

/** A task or a run, as far as a person can speak of it. `progress` is 0 to 1. */
export interface Thing {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly progress?: number;
}

/** What a person named: the words that count, and whether they said "task", "workflow" or the like with it. */
export interface Named {
  readonly words: readonly string[];
  readonly saysKind: boolean;
}

/** Lists tasks, then runs, in the order of the view. */
export function thingsOf(view: View): readonly Thing[] {
  return [...view.tasks, ...view.runs];
}

/** Tells whether something can still happen to it. */
export function isActive(thing: Thing, language: CompiledLanguage): boolean {
  return !language.language.endedStatuses.includes(thing.status.toLowerCase());
}

/** Tells whether it ended without its result. */
export function hasFailed(thing: Thing, language: CompiledLanguage): boolean {
  return language.language.failedStatuses.includes(thing.status.toLowerCase());
}

/** Keeps of a slot the words that can tell one thing from another. */
export function named(tokens: readonly Token[], language: CompiledLanguage): Named {
  const { articles, fillers, kinds } = language.sets;
  const keys = tokens.map((token) => token.key).filter((key) => key !== "" && !articles.has(key));
  return {
    words: keys.filter((key) => !kinds.has(key) && !fillers.has(key)),
    saysKind: keys.some((key) => kinds.has(key)),
  };
}

/** Tells whether the words are the id or the whole title of a thing; articles and kinds do not count. */
export function isExactly(thing: Thing, words: readonly string[], language: CompiledLanguage): boolean {
  const { articles, fillers, kinds } = language.sets;
  const counts = (key: string): boolean => !articles.has(key) && !kinds.has(key) && !fillers.has(key);
  const asked = words.join(" ");
  if (thing.id.toLowerCase() === asked) return true;
  let at = 0;
  for (const key of titleKeys(thing, thing.title, language)) {
    if (!counts(key)) continue;
    if (key !== words[at]) return false;
    at += 1;
  }
  return at === words.length;
}

/** Returns the things that the words mean: those that are exactly them if there are any, else all that have every
 * word in their title. No words mean nothing. */
export function findThings(
  things: readonly Thing[],
  words: readonly string[],
  language: CompiledLanguage,
): readonly Thing[] {
  if (words.length === 0) return [];
  const exact = things.filter((thing) => isExactly(thing, words, language));
  if (exact.length > 0) return exact;
  const meant = words.map((word) => meaningOf(word, language));
  return things.filter((thing) => {
    const keys = titleKeys(thing, thing.title, language);
    return meant.every((means) => keys.some(means));
  });
}
