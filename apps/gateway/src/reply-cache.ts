import type { Answer, Reflex, View } from "@kingly/reflex";
import { createBounded } from "./board/bounded.ts";
import type { Bounded } from "./board/bounded.ts";

/** How often a cache had the answer already. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
}

/** A reflex that does not think twice of what it has just answered. */
export interface CachedReflex extends Reflex {
  counts(): CacheCounts;
}

/** What an answer depends on, beside the text and the minute: it stands as long as all of this is the same. */
export interface StateVersion {
  readonly board: object;
  readonly seq: number;
  readonly backConnected: boolean;
  readonly workflows: object;
}

// Answers about the state of things; those about the dialogue (yes, undo, again) are never kept.
const kept: ReadonlySet<string> = new Set(["status", "task_list", "recall", "conversation", "help", "small_talk"]);

const maxAnswers = 100;
const longestText = 200;
const minuteMs = 60_000;

/** Creates the cache before a reflex. [G25]
 *
 * The same text (spaces apart), of the same state, in the same minute has the same answer. When anything of the state
 * changes everything is forgotten, so nothing old is ever said. While an offer stands nothing is taken from here. */
export function createReplyCache(reflex: Reflex, version: () => StateVersion): CachedReflex {
  let answers: Bounded<Answer> = createBounded(maxAnswers);
  let of: (StateVersion & { readonly minute: number; readonly offsetMinutes: number }) | undefined;
  let hits = 0;
  let misses = 0;
  const forgetIfChanged = (view: View): void => {
    const now = version();
    const minute = Math.floor(view.nowMs / minuteMs);
    const offsetMinutes = view.utcOffsetMinutes ?? 0;
    const isSame =
      of?.board === now.board &&
      of.seq === now.seq &&
      of.backConnected === now.backConnected &&
      of.workflows === now.workflows &&
      of.minute === minute &&
      of.offsetMinutes === offsetMinutes;
    if (isSame) return;
    of = { ...now, minute, offsetMinutes };
    answers = createBounded(maxAnswers);
  };
  return {
    answer(text, view) {
      const isOpen = (view.dialogue?.offers?.length ?? 0) > 0;
      if (isOpen || text.length > longestText) return reflex.answer(text, view);
      forgetIfChanged(view);
      const key = text.trim().replaceAll(/\s+/g, " ");
      const known = answers.get(key);
      if (known !== undefined) {
        hits += 1;
        return known;
      }
      misses += 1;
      const answer = reflex.answer(text, view);
      const isKept = answer.route === "front" && answer.answered && answer.commands.length === 0;
      if (isKept && answer.offers.length === 0 && kept.has(answer.intent)) answers.set(key, answer);
      return answer;
    },
    counts: () => ({ hits, misses }),
  };
}
