import type { CompiledLanguage } from "../compile-language.ts";

/** Returns the labels whose cue the words hold: one word of each of its rows, and none that speaks against it. [RX18] */
export function cuedLabels(words: readonly string[], { cues }: CompiledLanguage): readonly string[] {
  const held = new Uint32Array(cues.all.length);
  for (const word of words) {
    for (const { cue, row } of cues.byWord.get(word) ?? []) held[cue] = (held[cue] ?? 0) | (1 << row);
  }
  const labels = new Set<string>();
  for (const [cue, { label, complete }] of cues.all.entries()) if (held[cue] === complete) labels.add(label);
  return [...labels];
}
