import type { Database } from "@kingly/sqlite";
import { anyOf, searchTerms } from "./search-terms.ts";
import { workspaceRowIds } from "./workspace-row-ids.ts";

/** Finds rows of one workspace that share words with a text, best first. */
export interface RankedSearch {
  <Row>(table: keyof typeof weights, workspaceId: string, text: string, limit: number): readonly Row[];
}

// What a word in each column of an index is worth to bm25, in the order of the columns.
const weights = {
  tasks: "4.0, 1.0, 1.0, 2.0",
  memory: "4.0, 2.0, 1.0",
} as const;

/** Creates the search. At most `maxCandidates` hits are ranked: bm25 over a huge set would take tens of ms. [S26]
 *
 * When more rows match, the rarest words choose the candidates and all words rank them; of one word with more hits, the
 * newest rows are taken. The index is walked between the workspace's first and last row id, where only its own rows
 * are, and the join (CROSS: hits first, or SQLite walks the table) checks the workspace of each row again. [S28] */
export function createRankedSearch(deps: {
  readonly database: Database;
  readonly maxCandidates: number;
}): RankedSearch {
  const { database, maxCandidates } = deps;

  return <Row>(table: keyof typeof weights, workspaceId: string, text: string, limit: number): readonly Row[] => {
    const terms = searchTerms(text);
    const rowIds = workspaceRowIds(database, workspaceId);
    if (terms.length === 0 || rowIds === undefined) return [];
    const within = `${table}_fts MATCH ? AND rowid BETWEEN ? AND ?`;
    const countHits = (group: readonly string[]): number =>
      Number(
        database.get<{ hits: number }>(
          `SELECT count(*) AS hits FROM (SELECT 1 FROM ${table}_fts WHERE ${within} LIMIT ?)`,
          anyOf(group),
          ...rowIds,
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
    return database.all<Row>(
      `SELECT r.* FROM (
         SELECT hit, score FROM (
           SELECT rowid AS hit, bm25(${table}_fts, ${weights[table]}) AS score
           FROM ${table}_fts WHERE ${within} ORDER BY rowid DESC LIMIT ?
         ) ORDER BY score, hit DESC LIMIT ?
       ) AS h CROSS JOIN ${table} AS r ON r.rowid = h.hit
       WHERE r.workspace_id = ? ORDER BY h.score, h.hit DESC`,
      choosing.length === terms.length ? anyOf(terms) : `(${anyOf(choosing)}) AND (${anyOf(terms)})`,
      ...rowIds,
      maxCandidates,
      Math.min(Math.max(1, Math.floor(limit)), 200),
      workspaceId,
    );
  };
}
