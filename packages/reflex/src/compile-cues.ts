import type { LanguageCues } from "./language.ts";

/** Cues by the words in them, so that an utterance costs one look-up a word. */
export interface CompiledCues {
  /** `complete` has a bit for each row, which a cue that holds has all of, and no other. */
  readonly all: readonly { readonly label: string; readonly complete: number }[];
  /** In which rows of which cues a word stands. */
  readonly byWord: ReadonlyMap<string, readonly { readonly cue: number; readonly row: number }[]>;
}

// The bit of a word that speaks against a cue: no row has it, so a cue with it is never complete.
const against = 31;

/** Makes the cues of a language ready. */
export function compileCues(cues: LanguageCues): CompiledCues {
  const listed = Object.entries(cues).flatMap(([label, some]) => some.map((cue) => ({ label, ...cue })));
  const byWord = new Map<string, { cue: number; row: number }[]>();
  for (const [cue, { rows, without }] of listed.entries()) {
    for (const [row, words] of [...rows.entries(), [against, without] as const]) {
      for (const word of words) byWord.set(word, [...(byWord.get(word) ?? []), { cue, row }]);
    }
  }
  return { byWord, all: listed.map(({ label, rows }) => ({ label, complete: (1 << rows.length) - 1 })) };
}
