import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { limits } from "../limits.ts";
import { findMemories, latestFirst, tellingWords } from "../memories.ts";
import { slug } from "../slug.ts";
import { timeWords } from "../time-words.ts";
import { shorten } from "../title.ts";
import type { ViewMemory } from "../view.ts";

/** Reads the question for something told: "what do I prefer?", "do you remember my birthday?" [RX9]
 *
 * Told at once, with when it was said, when the view has it. Else a question that plainly asks memory loads
 * `memory_<words>`; "what is my credit limit?" may ask for anything, so without a match it goes to the back. */
export const readRecall: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const { books, sets } = language;
  const plain = books.recall.match(heard.tokens);
  if (plain !== undefined) {
    const words = tellingWords(plain.slots["about"] ?? [], language);
    const found = words.length === 0 ? latestFirst(view.memories) : findMemories(view, words, language);
    return found.length > 0 ? tellMemories(scene, found) : lookUp(scene, words, words.join(" "));
  }
  const match = books.recallMine.match(heard.tokens);
  if (match === undefined) return undefined;
  const asked = [...(match.slots["about"] ?? []), ...(match.slots["rest"] ?? [])];
  const words = tellingWords(asked, language);
  const taste = asked.find((token) => sets.liking.has(token.key));
  const wanted = taste === undefined ? words : [...new Set([...words, taste.key])];
  const found = findMemories(view, wanted, language);
  if (found.length > 0) return tellMemories(scene, found);
  // "What do I prefer?" asks what was told and nothing else; "what do I need to bake bread?" does not.
  return asked.length === 1 && taste !== undefined ? lookUp(scene, wanted, "") : undefined;
};

/** Says what was told, with when; the latest first. */
export function tellMemories({ view, language }: Scene, found: readonly ViewMemory[]): Candidate {
  const { replies } = language.language;
  const lines = found.slice(0, limits.maxTold).map((memory) => {
    const when = timeWords(memory.atMs, view.nowMs, view.utcOffsetMinutes ?? 0, language.language);
    return `${replies.told(when, shorten(memory.value, limits.maxToldLength))}.`;
  });
  return { intent: "recall", confidence: confidence.clear, text: lines.join(" "), why: "recall: from the view" };
}

function lookUp({ language }: Scene, words: readonly string[], about: string): Candidate {
  return {
    intent: "recall",
    confidence: confidence.clear,
    text: language.language.replies.lookUp(about),
    commands: [{ op: "context_load", context_id: `memory_${slug(words, "everything")}`, depth: "search" }],
    why: "recall: nothing in the view, so look in memory",
  };
}
