import type { AsOf } from "../as-of.ts";
import type { Reader } from "../reader.ts";
import { rarity } from "../score-by-terms.ts";
import { workspaceRowIds } from "../workspace-row-ids.ts";
import { armWeights, fuseArms } from "./arms.ts";
import type { Arm, ArmName, ArmWeights, Contribution, Ranked } from "./arms.ts";
import { diversify } from "./diversify.ts";
import { closeness, findByTime, knownTime } from "./find-by-time.ts";
import { findByTerms } from "./find-by-terms.ts";
import { findKinds } from "./find-kinds.ts";
import { findLinked } from "./find-linked.ts";
import type { GraphArm } from "./graph-names.ts";
import { heldSources, readHeld, readHeldKey } from "./held-rows.ts";
import type { HeldFilter, HeldRow } from "./held-rows.ts";
import { localEmbedder } from "./local-embedder.ts";
import type { AskedVector, NearVectors } from "./near-vectors.ts";
import { namedSpeakers } from "./named-speakers.ts";
import { createPool } from "./pool.ts";
import { createRowReader, nearReach, readClosely } from "./read-closely.ts";
import type { ReadRow, WeighedTerm } from "./read-closely.ts";
import { readQuestion } from "./read-question.ts";
import type { Term } from "./read-question.ts";

/** What a hybrid search is asked. */
export interface HybridQuery {
  readonly text: string;
  readonly filter: HeldFilter;
  /** As it was asked; undefined is now on both axes. The moment of the filter says the same in full. */
  readonly asOf: AsOf | undefined;
  readonly nowMs: number;
  readonly limit: number;
  readonly lambda: number;
  readonly preferSpeed: boolean;
  readonly weights: Partial<ArmWeights>;
}

/** One memory that was found, by the belief that holds at the moment asked for. */
export interface HybridFound {
  readonly row: HeldRow;
  readonly score: number;
  readonly contributions: readonly Contribution[];
}

/** How much work one search may do. */
export interface HybridLimits {
  /** Rows that an index may bring before they are ranked. */
  readonly maxHits: number;
  /** Memories that are read closely. */
  readonly maxRead: number;
}

/** What the search needs. */
export interface HybridDeps {
  readonly reader: Reader;
  readonly limits: HybridLimits;
  /** Lets other work of the process go first. */
  readonly giveWay: () => Promise<void>;
  /** Finds memories by their vectors. */
  readonly near: NearVectors;
  /** What the embedder makes of the question; undefined without one. */
  readonly ask: (text: string) => Promise<AskedVector | undefined>;
  readonly graph?: GraphArm | undefined;
}

const seedsOfVectors = 60;
const seedsOfWords = 160;
const seedsOfLetters = 40;
const seedsOfTime = 60;
const seedsWithNeighbours = 40;
const rowsPerTurn = 64;
const recentDays = 30;

// Arms that find a memory; the others only lift or lower what was found.
const finding: ReadonlySet<ArmName> = new Set<ArmName>(["words", "letters", "near", "meaning", "time", "graph"]);

/** Searches the memories of one workspace by all arms and fuses what they find. [S70]
 *
 * First the indexes bring a bounded number of memories, then these and their neighbours are read closely. Gives way to
 * other work of the process between the two, and after each 64 memories read. */
export async function searchHybrid(deps: HybridDeps, query: HybridQuery): Promise<readonly HybridFound[]> {
  const { reader, limits, giveWay } = deps;
  const { filter, preferSpeed } = query;
  const weights = { ...armWeights, ...query.weights };
  const rowIds = workspaceRowIds(reader, filter.workspaceId);
  if (rowIds === undefined) return [];
  const question = readQuestion(query.text, Math.min(query.nowMs, filter.moment.validMs));
  const sources = heldSources(reader, filter, query.asOf === undefined);
  const pool = createPool(reader, sources, filter, preferSpeed ? seedsOfWords : limits.maxRead);

  const names = namedSpeakers(reader, sources, filter, question);
  const nameless = question.terms.filter(({ text }) => !names.has(text));
  const terms = nameless.length > 0 ? nameless : question.terms;
  const told = tellings(reader, filter.workspaceId);
  const weightOf = (count: number): number => rarity(count, told);

  const counts = terms.map(() => 0);
  const words = sources.map((source) => {
    const found = findByTerms(
      reader,
      { source, index: "words", rowIds },
      filter,
      terms.map(({ match }) => ({ match, weight: weightOf })),
      { maxHits: limits.maxHits, limit: seedsOfWords },
    );
    for (const [at, count] of found.counts.entries()) counts[at] = (counts[at] ?? 0) + count;
    return { source, hits: found.hits };
  });
  const seeds: Ranked[] = words.flatMap(({ source, hits }) => {
    const scores = new Map(hits.map(({ rowId, score }) => [rowId, score]));
    const rows = readHeld(reader, source, filter, [...scores.keys()]);
    pool.add(rows);
    return rows.map(({ rowId, key }) => ({
      key,
      score: scores.get(rowId) ?? 0,
      about: () => "holds words of the question, by their stems",
    }));
  });
  const arms: Arm[] = [{ name: "words", ranked: sorted(seeds) }];
  const weighed: readonly WeighedTerm[] = terms.map((term, at) => ({ ...term, weight: weightOf(counts[at] ?? 0) }));
  await giveWay();
  const things = preferSpeed ? undefined : findKinds(reader, sources, rowIds, filter, weighed, weightOf, pool);
  await giveWay();

  if (!preferSpeed) {
    const unknown = terms.filter(({ text }, at) => counts[at] === 0 && text.length >= 4);
    if (unknown.length > 0) {
      const letters = sources.flatMap((source) => {
        const found = findByTerms(
          reader,
          { source, index: "trigrams", rowIds },
          filter,
          trigramsOf(unknown, weightOf),
          {
            maxHits: limits.maxHits,
            limit: seedsOfLetters,
          },
        );
        const scores = new Map(found.hits.map(({ rowId, score }) => [rowId, score]));
        const rows = readHeld(reader, source, filter, [...scores.keys()]);
        pool.add(rows);
        return rows.map(({ rowId, key }) => ({
          key,
          score: scores.get(rowId) ?? 0,
          about: () => `shares letters with ${unknown.map(({ text }) => `“${text}”`).join(", ")}`,
        }));
      });
      arms.push({ name: "letters", ranked: sorted(letters) });
    }
    await giveWay();
  }

  const meaning = preferSpeed ? [] : await nearVectors(deps, query, question.text);
  for (const { row } of meaning) pool.add([row]);
  if (meaning.length > 0) {
    const ranked = meaning.flatMap(({ row, likeness }) =>
      likeness === undefined
        ? []
        : [{ key: row.key, score: likeness, about: () => `means alike (${likeness.toFixed(2)} by the embedder)` }],
    );
    arms.push({ name: "meaning", ranked: sorted(ranked) });
  }
  if (!preferSpeed && deps.graph !== undefined) {
    const linked = deps.graph(filter.workspaceId, question.text, query.asOf);
    arms.push({ name: "graph", ranked: findLinked(reader, sources, rowIds, filter, linked, pool) });
  }

  const time = knownTime(reader, sources, filter, question.time);
  if (time !== undefined) pool.add(findByTime(reader, sources, filter, time, seedsOfTime));
  if (!preferSpeed) {
    for (const { key } of sorted(seeds).slice(0, seedsWithNeighbours)) pool.addNeighbours(key, nearReach);
    await giveWay();
  }

  const read = new Map<string, ReadRow>();
  const readRow = createRowReader(weighed, things);
  for (const row of pool.rows.values()) {
    read.set(row.key, readRow(row));
    if (read.size % rowsPerTurn === 0) await giveWay();
  }
  arms.push(...readClosely(read, pool, question, weighed));
  if (time !== undefined) {
    const told: Ranked[] = Array.from(read.values(), ({ row }) => ({
      key: row.key,
      score: closeness(time, row.validFromMs),
      about: () => `told ${new Date(row.validFromMs).toISOString().slice(0, 10)}; the question says “${time.label}”`,
    }));
    arms.push({ name: "time", ranked: sorted(told.filter(({ score }) => score > 0)) });
  }

  const candidates = Array.from(fuseArms(arms, weights), ([key, contributions]) => ({
    one: read.get(key),
    contributions,
  }))
    .flatMap(({ one, contributions }) =>
      one === undefined || !contributions.some(({ arm }) => finding.has(arm))
        ? []
        : [
            {
              item: { row: one.row, contributions },
              score: contributions.reduce((sum, { points }) => sum + points, 0) * trust(one.row, query.nowMs),
              words: one.words,
            },
          ],
    )
    .toSorted((left, right) => right.score - left.score || right.item.row.order - left.item.row.order);
  const best = candidates
    .slice(0, Math.max(50, query.limit * 3))
    .map(({ words, ...one }) => ({ ...one, stems: new Set(words.map(({ stem }) => stem)) }));
  return diversify(best, query.limit, query.lambda).map(({ item, score }) => ({ ...item, score }));
}

/** What is near by vectors and holds at the moment, in the version that was embedded. */
async function nearVectors(
  { near, ask, reader }: HybridDeps,
  query: HybridQuery,
  text: string,
): Promise<readonly { readonly row: HeldRow; readonly likeness: number | undefined }[]> {
  const { filter, asOf } = query;
  const local = { embedder: localEmbedder.id, vector: localEmbedder.embedOne(text) };
  const alike = await near.bySignature(filter.workspaceId, local, seedsOfVectors);
  const asked = await ask(text);
  const meant = asked === undefined ? [] : await near.byMeaning(filter.workspaceId, asked, seedsOfVectors);
  const sources = heldSources(reader, filter, asOf === undefined);
  return [...meant, ...alike].flatMap(({ key, version, likeness }) => {
    const row = readHeldKey(reader, sources, filter, key);
    return row === undefined || row.version !== version ? [] : [{ row, likeness }];
  });
}

/** Confidence halves a memory at the most; what was told in the last month gains up to 3 %. [S78] */
function trust(row: HeldRow, nowMs: number): number {
  const ageDays = Math.max(0, nowMs - row.validFromMs) / 86_400_000;
  return (0.5 + 0.5 * row.confidence) * (1 + 0.03 * 2 ** (-ageDays / recentDays));
}

/** An upper bound for the number of memories of a workspace that costs one point read: the events of its log. */
function tellings(reader: Reader, workspaceId: string): number {
  const row = reader.get<{ head: number }>("SELECT head_seq AS head FROM workspaces WHERE id = ?", workspaceId);
  return row?.head ?? 0;
}

function trigramsOf(
  terms: readonly Term[],
  weight: (count: number) => number,
): readonly { readonly match: string; readonly weight: (count: number) => number }[] {
  const triples = new Set<string>();
  for (const { text } of terms) {
    for (let at = 0; at + 3 <= text.length && triples.size < 48; at += 1) triples.add(text.slice(at, at + 3));
  }
  return Array.from(triples, (triple) => ({ match: `"${triple}"`, weight }));
}

function sorted(ranked: readonly Ranked[]): readonly Ranked[] {
  return ranked.toSorted((left, right) => right.score - left.score);
}
