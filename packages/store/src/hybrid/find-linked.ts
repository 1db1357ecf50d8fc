import type { Reader } from "../reader.ts";
import type { Ranked } from "./arms.ts";
import { findByTerms } from "./find-by-terms.ts";
import type { LinkedName } from "./graph-names.ts";
import { readHeld } from "./held-rows.ts";
import type { HeldFilter, HeldSource } from "./held-rows.ts";
import type { Pool } from "./pool.ts";
import { readWords } from "./read-words.ts";

const limits = { maxHits: 200, limit: 40 } as const;

/** Finds the memories that hold all words of a linked name, and takes them into the pool; closely linked first. [S83] */
export function findLinked(
  reader: Reader,
  sources: readonly HeldSource[],
  rowIds: readonly [bigint, bigint],
  filter: HeldFilter,
  linked: readonly LinkedName[],
  pool: Pool,
): readonly Ranked[] {
  const names = linked.flatMap(({ name, closeness, about }) => {
    const words = readWords(name, 256).map(({ text }) => text);
    return words.length === 0 ? [] : [{ words, closeness, about }];
  });
  if (names.length === 0) return [];
  const terms = names.map(({ words, closeness }) => ({
    match: words.map((word) => `"${word}"`).join(" AND "),
    weight: () => closeness,
  }));
  const found = sources.flatMap((source) => {
    const { hits } = findByTerms(reader, { source, index: "words", rowIds }, filter, terms, limits);
    const scores = new Map(hits.map(({ rowId, score }) => [rowId, score]));
    const rows = readHeld(reader, source, filter, [...scores.keys()]);
    pool.add(rows);
    return rows.map(({ rowId, key, text }) => ({
      key,
      score: scores.get(rowId) ?? 0,
      about: (): string => {
        const stems = new Set(readWords(`${key}\n${text}`, 8000).map(({ text: word }) => word));
        const named = names.find(({ words }) => words.every((word) => stems.has(word))) ?? names[0];
        return named?.about ?? "";
      },
    }));
  });
  return found.toSorted((left, right) => right.score - left.score);
}
