import { anyOf, searchTerms } from "../search-terms.ts";
import { workspaceRowIds } from "../workspace-row-ids.ts";
import type { GraphView } from "./entity-reads.ts";
import type { GraphTextRow } from "./graph-rows.ts";
import type { TextPart } from "./graph-texts.ts";

const within = "graph_texts_fts MATCH ? AND rowid BETWEEN ? AND ?";

/** Returns up to `limit` texts of these parts that share words with a text, best bm25 first. [S64]
 *
 * At most `maxCandidates` hits are ranked: when more match, the rarest words choose them and all words rank. */
export function rankGraphTexts(
  view: GraphView,
  text: string,
  parts: readonly TextPart[],
  bounds: { readonly maxCandidates: number; readonly limit: number },
): readonly GraphTextRow[] {
  const terms = searchTerms(text);
  const rowIds = workspaceRowIds(view.reader, view.workspaceId);
  if (terms.length === 0 || rowIds === undefined) return [];
  const choosing = chooseTerms(view, terms, rowIds, bounds.maxCandidates);
  if (choosing.length === 0) return [];
  return view.reader.all<GraphTextRow>(
    `SELECT t.* FROM (
       SELECT f.rowid AS hit, bm25(graph_texts_fts) AS score
       FROM graph_texts_fts AS f WHERE ${within.replaceAll("rowid", "f.rowid")} ORDER BY f.rowid DESC LIMIT ?
     ) AS h CROSS JOIN graph_texts AS t ON t.id = h.hit
     WHERE t.workspace_id = ? AND t.part IN (SELECT value FROM json_each(?)) ORDER BY h.score, h.hit DESC LIMIT ?`,
    choosing.length === terms.length ? anyOf(terms) : `(${anyOf(choosing)}) AND (${anyOf(terms)})`,
    ...rowIds,
    bounds.maxCandidates,
    view.workspaceId,
    JSON.stringify(parts),
    bounds.limit,
  );
}

function chooseTerms(
  view: GraphView,
  terms: readonly string[],
  rowIds: readonly [bigint, bigint],
  maxCandidates: number,
): readonly string[] {
  const countHits = (group: readonly string[]): number =>
    Number(
      view.reader.get<{ hits: number }>(
        `SELECT count(*) AS hits FROM (SELECT 1 FROM graph_texts_fts WHERE ${within} LIMIT ?)`,
        anyOf(group),
        ...rowIds,
        maxCandidates + 1,
      )?.hits,
    );
  if (terms.length === 1 || countHits(terms) <= maxCandidates) return terms;
  const byHits = terms.map((term) => ({ term, hits: countHits([term]) })).filter(({ hits }) => hits > 0);
  const chosen: string[] = [];
  let total = 0;
  for (const { term, hits } of byHits.toSorted((left, right) => left.hits - right.hits)) {
    total += hits;
    if (chosen.length > 0 && total > maxCandidates) break;
    chosen.push(term);
  }
  return chosen;
}
