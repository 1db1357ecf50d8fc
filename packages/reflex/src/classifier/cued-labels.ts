import type { CompiledLanguage } from "../compile-language.ts";

/** Returns the labels whose cue the words hold: one word of each of its rows, and none that speaks against it. [RX18] */
export function cuedLabels(words: readonly string[], language: CompiledLanguage): readonly string[] {
  const holds = (row: ReadonlySet<string>): boolean => words.some((word) => row.has(word));
  return language.cues
    .filter(({ rows, without }) => rows.every(holds) && !holds(without))
    .map(({ label }) => label)
    .filter((label, index, all) => all.indexOf(label) === index);
}
