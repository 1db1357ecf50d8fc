import type { Reader } from "../reader.ts";
import type { HeldFilter, HeldSource } from "./held-rows.ts";
import type { Question } from "./read-question.ts";

/** Returns the words of the question with which the name of somebody begins who spoke in this workspace. [S75]
 *
 * Such a word says who, not what: everything that a person said would hold it. */
export function namedSpeakers(
  reader: Reader,
  sources: readonly HeldSource[],
  filter: HeldFilter,
  question: Question,
): ReadonlySet<string> {
  const speaks = (word: string): boolean =>
    sources.some(({ table }) =>
      reader
        .all<{ speaker: string }>(
          `SELECT DISTINCT speaker FROM ${table} WHERE workspace_id = ? AND speaker >= ? COLLATE NOCASE
           AND speaker < ? COLLATE NOCASE LIMIT 8`,
          filter.workspaceId,
          word,
          `${word}\u{10FFFF}`,
        )
        .some(({ speaker }) => new RegExp(`^${word}(?![\\p{L}\\p{N}])`, "iu").test(speaker)),
    );
  return new Set(question.terms.filter(({ text }) => speaks(text)).map(({ text }) => text));
}
