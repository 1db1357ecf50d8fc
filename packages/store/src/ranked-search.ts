import type { Database } from "@kingly/sqlite";
import { anyOf, searchTerms } from "./search-terms.ts";

/** Finds rows of one workspace that share words with a text, best first. */
export interface RankedSearch {
  <Row>(table: keyof typeof indexes, workspaceId: string, text: string, limit: number): readonly Row[];
}

// The columns of each index after workspace_id, and what a word in each is worth to bm25.
const indexes = {
  tasks: { columns: "title description intent_type business_goal", weights: "4.0, 1.0, 1.0, 2.0" },
  memory: { columns: "key value_text category", weights: "4.0, 2.0, 1.0" },
} as const;

/** Creates the search. At most `maxCandidates` hits are ranked: bm25 over a huge set would take tens of ms. [S26]
 *
 * When more rows match, the rarest words choose the candidates and all words rank them; of one word with more hits, the
 * newest rows are taken. The index is entered by workspace, and the join checks the workspace of each row again. */
export function createRankedSearch(deps: {
  readonly database: Database;
  readonly maxCandidates: number;
}): RankedSearch {
  const { database, maxCandidates } = deps;

  return <Row>(table: keyof typeof indexes, workspaceId: string, text: string, limit: number): readonly Row[] => {
    const terms = searchTerms(text);
    if (terms.length === 0) return [];
    const { columns, weights } = indexes[table];
    const matching = (...groups: readonly (readonly string[])[]): string =>
      [`workspace_id : ${anyOf([workspaceId])}`, ...groups.map((group) => `{${columns}} : (${anyOf(group)})`)].join(
        " AND ",
      );
    const countHits = (group: readonly string[]): number =>
      Number(
        database.get<{ hits: number }>(
          `SELECT count(*) AS hits FROM (SELECT 1 FROM ${table}_fts WHERE ${table}_fts MATCH ? LIMIT ?)`,
          matching(group),
          maxCandidates + 1,
        )?.hits,
      );
    const choose = (): readonly string[] => {
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
    };
    const choosing = choose();
    if (choosing.length === 0) return [];
    const expression = choosing.length === terms.length ? matching(terms) : matching(choosing, terms);
    return database.all<Row>(
      `SELECT r.* FROM (
         SELECT rowid AS hit, bm25(${table}_fts, 0.0, ${weights}) AS score
         FROM ${table}_fts WHERE ${table}_fts MATCH ? ORDER BY rowid DESC LIMIT ?
       ) AS h JOIN ${table} AS r ON r.rowid = h.hit
       WHERE r.workspace_id = ? ORDER BY h.score, h.hit DESC LIMIT ?`,
      expression,
      maxCandidates,
      workspaceId,
      Math.min(Math.max(1, Math.floor(limit)), 200),
    );
  };
}
