import { anyOf, searchTerms } from "../search-terms.ts";
import { workspaceRowIds } from "../workspace-row-ids.ts";
import { editDistance } from "./edit-distance.ts";
import type { GraphView } from "./entity-reads.ts";
import type { GraphReadDeps } from "./graph-deps.ts";
import type { GraphTextRow } from "./graph-rows.ts";
import type { TextPart } from "./graph-texts.ts";
import { rankGraphTexts } from "./rank-graph-texts.ts";

/** A text of the graph that was found, and what it counts: the first of many counts most. */
export interface FoundText {
  readonly ownerId: string;
  readonly part: TextPart;
  readonly text: string;
  readonly score: number;
}

const partWeights: Readonly<Record<TextPart, number>> = { name: 2, summary: 1, observation: 1, fact: 1 };
const maxTexts = 200;
const maxNames = 1000;

/** Returns up to 400 texts of these parts that share words with the text, best first; no text throws. [S64]
 *
 * Words are found by their stem. For a word that no text has, names are found by pieces of it: a slip of one letter leaves one half of the
 * word whole (of two letters, in words of 9 and more, one third), and the edit distance then decides. */
export function searchGraphTexts(
  deps: GraphReadDeps,
  view: GraphView,
  text: string,
  parts: readonly TextPart[],
): readonly FoundText[] {
  const { maxCandidates } = deps;
  const byWord = rankGraphTexts(view, text, parts, { maxCandidates, limit: maxTexts });
  const byPiece = parts.includes("name") ? namesByPiece(view, text) : [];
  const found = new Map<number, FoundText>();
  for (const rows of [byWord, byPiece]) {
    for (const [rank, row] of rows.entries()) {
      const part = row.part as TextPart;
      if (!parts.includes(part)) continue;
      const score = (found.get(row.id)?.score ?? 0) + partWeights[part] / (10 + rank);
      found.set(row.id, { ownerId: row.owner_id, part, text: row.text, score });
    }
  }
  return [...found]
    .toSorted(([leftId, left], [rightId, right]) => right.score - left.score || rightId - leftId)
    .map(([, one]) => one);
}

function namesByPiece(view: GraphView, text: string): readonly GraphTextRow[] {
  const rowIds = workspaceRowIds(view.reader, view.workspaceId);
  if (rowIds === undefined) return [];
  const terms = searchTerms(text).filter((term) => term.length >= 3 && !isKnownWord(view, term, rowIds));
  if (terms.length === 0) return [];
  const pieces = [...new Set(terms.flatMap((term) => piecesOf(term)))];
  const rows = view.reader.all<GraphTextRow>(
    `SELECT t.* FROM (SELECT rowid AS hit FROM graph_names_fts WHERE graph_names_fts MATCH ? AND rowid BETWEEN ? AND ?
       ORDER BY rowid DESC LIMIT ?) AS h CROSS JOIN graph_texts AS t ON t.id = h.hit WHERE t.workspace_id = ?`,
    pieces.map((piece) => `"${piece.replaceAll('"', '""')}"`).join(" OR "),
    ...rowIds,
    maxNames,
    view.workspaceId,
  );
  return rows
    .map((row) => ({ row, distance: distanceTo(row.text, terms) }))
    .filter(({ distance }) => distance <= 2)
    .toSorted((left, right) => left.distance - right.distance || left.row.id - right.row.id)
    .slice(0, maxTexts)
    .map(({ row }) => row);
}

/** Tells whether some text of the workspace has this word, by its stem: then it is no slip. */
function isKnownWord(view: GraphView, term: string, rowIds: readonly [bigint, bigint]): boolean {
  const sql = "SELECT 1 FROM graph_texts_fts WHERE graph_texts_fts MATCH ? AND rowid BETWEEN ? AND ? LIMIT 1";
  return view.reader.get(sql, anyOf([term]), ...rowIds) !== undefined;
}

/** The parts of a word of which one is whole after as many slips as are allowed. */
function piecesOf(term: string): readonly string[] {
  if (term.length < 6) return [...new Set([term, term.slice(0, 3), term.slice(-3)])];
  const count = term.length < 9 ? 2 : 3;
  const length = Math.floor(term.length / count);
  return Array.from({ length: count }, (_, index) =>
    term.slice(index * length, index === count - 1 ? undefined : (index + 1) * length),
  );
}

/** The least distance of a term to a word of the name, 3 when none is near: 1 in short words, 2 in long ones. */
function distanceTo(name: string, terms: readonly string[]): number {
  const words = name.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  let least = 3;
  for (const term of terms) {
    for (const word of words.slice(0, 64)) {
      const allowed = term.length < 4 ? 0 : term.length < 9 ? 1 : 2;
      const distance = word.includes(term) ? 0 : editDistance(term, word, allowed);
      if (distance <= allowed) least = Math.min(least, distance);
    }
  }
  return least;
}
