import { momentOf } from "./as-of.ts";
import type { AsOf, Sight } from "./as-of.ts";
import type { BeliefTable } from "./belief-table.ts";
import type { BeliefTimes } from "./beliefs.ts";
import { forever } from "./forever.ts";
import { rarity, scoreByTerms } from "./score-by-terms.ts";
import { anyOf, searchTerms } from "./search-terms.ts";
import { workspaceRowIds } from "./workspace-row-ids.ts";

/** Finds beliefs of one workspace that share words with a text, best first, as of a moment. */
export interface RankedSearch {
  <Row extends BeliefTimes>(
    table: BeliefTable,
    workspaceId: string,
    text: string,
    limit: number,
    asOf?: AsOf,
  ): readonly Row[];
}

// What a word in each column of an index is worth to bm25, in the order of the columns.
const weights: ReadonlyMap<string, string> = new Map([
  ["tasks", "4.0, 1.0, 1.0, 2.0"],
  ["memory", "4.0, 2.0, 1.0"],
]);

interface Scored {
  readonly score: number;
  readonly hit: number;
}

/** Creates the search. At most `maxCandidates` hits are ranked: bm25 over a huge set would take tens of ms. [S26] [S36]
 *
 * When more rows match, the rarest words choose the candidates and all words rank them; of one word with more hits, the
 * newest rows are taken. The index is walked between the workspace's first and last row id, where only its own rows
 * are, and the join (CROSS: hits first, or SQLite walks the table) checks the workspace of each row again. [S28] */
export function createRankedSearch(deps: Sight & { readonly maxCandidates: number }): RankedSearch {
  const { database, maxCandidates } = deps;

  /** The hits of one index, of the current rows or of the history, that hold at the moment; best first. */
  const searchOne = <Row extends BeliefTimes>(
    index: { readonly table: BeliefTable; readonly isHistory: boolean; readonly holds: string },
    asked: { readonly workspaceId: string; readonly terms: readonly string[]; readonly limit: number },
    values: readonly number[],
  ): readonly (Row & Scored)[] => {
    const { table, isHistory, holds } = index;
    const { workspaceId, terms, limit } = asked;
    const rowIds = workspaceRowIds(database, workspaceId);
    if (rowIds === undefined) return [];
    const name = isHistory ? `${table.name}_history` : table.name;
    const fts = `${name}_fts`;
    const columns = [...table.kept, ...(isHistory ? [] : table.fixed)].map((column) => `r.${column}`).join(", ");
    const within = `${fts} MATCH ? AND f.rowid BETWEEN ? AND ?`;
    const countHits = (group: readonly string[]): number =>
      Number(
        database.get<{ hits: number }>(
          `SELECT count(*) AS hits FROM (SELECT 1 FROM ${fts} AS f WHERE ${within} LIMIT ?)`,
          anyOf(group),
          ...rowIds,
          maxCandidates + 1,
        )?.hits,
      );
    /** More rows match than are ranked: the rarest terms choose, and what is chosen is ranked by all terms it holds. */
    const searchMany = (): readonly (Row & Scored)[] => {
      const counted = terms.map((term) => ({ match: anyOf([term]), hits: countHits([term]) }));
      const byHits = counted.filter(({ hits }) => hits > 0).toSorted((left, right) => left.hits - right.hits);
      const chosen: string[] = [];
      let total = 0;
      for (const { match, hits } of byHits) {
        total += hits;
        if (chosen.length > 0 && total > maxCandidates) break;
        chosen.push(match);
      }
      const choosing = chosen.join(" OR ");
      const all = database.get<{ head: number }>("SELECT head_seq AS head FROM workspaces WHERE id = ?", workspaceId);
      const worth = byHits.map(({ match, hits }) => ({ match, weight: rarity(hits, all?.head ?? 0) }));
      const hits = database.all<{ hit: number }>(
        `SELECT f.rowid AS hit FROM ${fts} AS f CROSS JOIN ${name} AS r ON r.rowid = f.rowid
         WHERE ${within} AND r.workspace_id = ? AND ${holds} ORDER BY f.rowid DESC LIMIT ?`,
        choosing,
        ...rowIds,
        workspaceId,
        ...values,
        maxCandidates,
      );
      const ids = hits.map(({ hit }) => hit);
      return Array.from(scoreByTerms(database, fts, choosing, worth, ids, maxCandidates * 5))
        .toSorted((left, right) => right[1] - left[1] || right[0] - left[0])
        .slice(0, limit)
        .flatMap(([hit, score]) => {
          const row = database.get<Row>(`SELECT ${columns} FROM ${name} AS r WHERE r.rowid = ?`, hit);
          return row === undefined ? [] : [{ ...row, hit, score: -score }];
        });
    };
    if (countHits(terms) > maxCandidates) return searchMany();
    // The moment is looked at before hits are counted off: what held then must not lose its place to what did not.
    return database.all<Row & Scored>(
      `SELECT h.hit, h.score, ${columns} FROM (
         SELECT hit, score FROM (
           SELECT f.rowid AS hit, bm25(${fts}, ${weights.get(table.name) ?? "1.0"}) AS score
           FROM ${fts} AS f CROSS JOIN ${name} AS r ON r.rowid = f.rowid
           WHERE ${within} AND r.workspace_id = ? AND ${holds} ORDER BY f.rowid DESC LIMIT ?
         ) ORDER BY score, hit DESC LIMIT ?
       ) AS h CROSS JOIN ${name} AS r ON r.rowid = h.hit ORDER BY h.score, h.hit DESC`,
      anyOf(terms),
      ...rowIds,
      workspaceId,
      ...values,
      maxCandidates,
      limit,
    );
  };

  return <Row extends BeliefTimes>(
    table: BeliefTable,
    workspaceId: string,
    text: string,
    limit: number,
    asOf?: AsOf,
  ): readonly Row[] => {
    const { validMs, systemMs } = momentOf(deps, database, workspaceId, asOf);
    const terms = searchTerms(text);
    if (terms.length === 0) return [];
    const asked = { workspaceId, terms, limit: Math.min(Math.max(1, Math.floor(limit)), 200) };
    const isValid = "r.valid_from <= ? AND r.valid_to > ?";
    const isNow = asOf === undefined;
    const current = isNow
      ? searchOne<Row>({ table, isHistory: false, holds: isValid }, asked, [validMs, validMs])
      : searchOne<Row>({ table, isHistory: false, holds: `${isValid} AND r.sys_from <= ?` }, asked, [
          validMs,
          validMs,
          systemMs,
        ]);
    // Now, the history is asked only when some fact of the workspace ends, or begins, later than now.
    if (isNow && !hasOpenHistory(table, workspaceId, validMs)) return current;
    const isWhole = table.erased === undefined ? "" : ` AND r.${table.erased} IS NOT NULL`;
    const history = searchOne<Row>(
      { table, isHistory: true, holds: `${isValid} AND r.sys_from <= ? AND r.sys_to > ?${isWhole}` },
      asked,
      [validMs, validMs, isNow ? forever - 1 : systemMs, isNow ? forever - 1 : systemMs],
    );
    return [...current, ...history]
      .toSorted((left, right) => left.score - right.score || right.hit - left.hit)
      .slice(0, asked.limit);
  };

  function hasOpenHistory(table: BeliefTable, workspaceId: string, nowMs: number): boolean {
    const found = database.get(
      `SELECT 1 FROM ${table.name}_history WHERE workspace_id = ? AND sys_to = ${forever} AND valid_to > ? LIMIT 1`,
      workspaceId,
      nowMs,
    );
    return found !== undefined;
  }
}
