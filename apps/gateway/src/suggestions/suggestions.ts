import { createBounded } from "../board/bounded.ts";
import type { PersonNext } from "./person-next.ts";
import { readSuggest } from "./read-suggest.ts";
import type { SuggestedNext } from "./read-suggest.ts";

/** What is suggested in one workspace: each to the person whose turn it was. */
export interface Suggestions {
  /** A turn of this person was heard. */
  onTurn(id: string, person: string): void;
  /** Takes the `suggest` of a note of the back. */
  onNote(suggest: unknown): void;
  /** What stands for a person now. */
  of(person: string): SuggestedNext | undefined;
  /** Calls `listener` when something new is suggested to a person, until the function it gives is called. */
  watch(person: string, listener: () => void): () => void;
  /** One of them was said or agreed to. */
  onTaken(): void;
  counts(): SuggestionCounts;
}

/** How often something was suggested on a page, and how often one of it was taken. */
export interface SuggestionCounts {
  readonly shown: number;
  readonly taken: number;
}

const maxTurns = 1000;

/** Creates it over what is suggested to each person. [G85] */
export function createSuggestions(personNext: (person: string) => PersonNext | undefined): Suggestions {
  const personOf = createBounded<string>(maxTurns);
  const watchers = new Map<string, Set<() => void>>();
  let shown = 0;
  let taken = 0;
  return {
    onTurn: (id, person) => personOf.set(id, person),
    onNote(suggest) {
      const next = readSuggest(suggest);
      const person = next && personOf.get(next.turn);
      if (next === undefined || person === undefined || personNext(person)?.suggest(next) !== true) return;
      const pages = watchers.get(person);
      if (pages === undefined) return;
      shown += 1;
      for (const listener of pages) listener();
    },
    of: (person) => personNext(person)?.shown(),
    watch(person, listener) {
      const pages = watchers.get(person) ?? new Set();
      watchers.set(person, pages);
      pages.add(listener);
      return () => {
        pages.delete(listener);
        if (pages.size === 0) watchers.delete(person);
      };
    },
    onTaken: () => void (taken += 1),
    counts: () => ({ shown, taken }),
  };
}
