import type { Arm, Ranked } from "./arms.ts";
import { createSpellingMeasure, localEmbedder } from "./local-embedder.ts";
import type { KindThings } from "./find-kinds.ts";
import type { Pool, PoolRow } from "./pool.ts";
import type { Question, Term } from "./read-question.ts";
import { readWords } from "./read-words.ts";
import type { Word } from "./read-words.ts";

/** A term of the question with what it is worth: rare words are worth more. */
export interface WeighedTerm extends Term {
  readonly weight: number;
}

/** A memory of the pool, read. */
export interface ReadRow {
  readonly row: PoolRow;
  /** Places in the list of terms that the memory itself holds. */
  readonly holds: ReadonlySet<number>;
  /** Places of terms that name a kind, with a thing of it that the memory names, and what that is worth. [S85] */
  readonly things: ReadonlyMap<number, { readonly text: string; readonly worth: number }>;
  readonly words: readonly Word[];
  readonly asks: boolean;
}

// What a word counts that stands this many places before or after in the same thread: an answer follows its question,
// so what was said before counts more than what comes after.
const before = [0.75, 0.55, 0.4, 0.25, 0.15, 0.1] as const;
const after = [0.6, 0.4, 0.3, 0.2, 0.12, 0.1] as const;

/** How far `near` looks on both sides. */
export const nearReach = 6;

const maxCharsRead = 8000;
const timeWords =
  /\b(?:yesterday|today|tonight|tomorrow|last|next|ago|weeks?|weekend|months?|years?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december|recently|since|morning|soon|summer|winter|spring|autumn|(?:19|20)\d\d)\b/i;

const nothing: ReadRow["things"] = new Map();

/** Creates the reading of memories of the pool; `kinds` says what things of the kinds asked for are worth. */
export function createRowReader(terms: readonly WeighedTerm[], kinds?: KindThings): (row: PoolRow) => ReadRow {
  const places = new Map(terms.map(({ stem }, at) => [stem, at]));
  const placeOf = new Map<Word, number | undefined>();
  return (row) => {
    const words = readWords(`${row.key}\n${row.text}`, maxCharsRead);
    const holds = new Set<number>();
    for (const word of words) {
      let at = placeOf.get(word);
      if (at === undefined && !placeOf.has(word)) placeOf.set(word, (at = places.get(word.stem)));
      if (at !== undefined) holds.add(at);
    }
    const things = kinds === undefined || kinds.size === 0 ? nothing : thingsIn(words, kinds);
    return { row, holds, things, words, asks: /\?\s*$/m.test(row.text) };
  };
}

function thingsIn(words: readonly Word[], kinds: KindThings): ReadRow["things"] {
  const things = new Map<number, { readonly text: string; readonly worth: number }>();
  for (const { stem, text } of words) {
    for (const [at, worth] of kinds.get(stem) ?? []) if (!things.has(at)) things.set(at, { text, worth });
  }
  return things;
}

/** Ranks the memories that were read, by everything that their words, their neighbours and their threads say. [S75] */
export function readClosely(
  read: ReadonlyMap<string, ReadRow>,
  pool: Pool,
  question: Question,
  terms: readonly WeighedTerm[],
): readonly Arm[] {
  const rows = [...read.values()];
  const own = (one: ReadRow): number => sum(one.holds, (at) => terms[at]?.weight ?? 0);
  const list = (places: Iterable<number>): string => quote([...places].map((at) => terms[at]?.text ?? ""));
  const weightOf = new Map(terms.map(({ stem, weight }) => [stem, weight]));
  const asked = localEmbedder.embedOne(terms.map(({ text }) => text).join(" "), (stem) => weightOf.get(stem) ?? 0);
  const spelledAlike = createSpellingMeasure(asked);

  const near: readonly Ranked[] = rows.map((one) => {
    const shares = new Float64Array(terms.length);
    for (const [at, { worth }] of one.things) shares[at] = worth / (terms[at]?.weight ?? worth);
    for (const at of one.holds) shares[at] = 1;
    for (const [direction, byDistance] of [
      ["before", before],
      ["after", after],
    ] as const) {
      let key = one.row[direction];
      for (const share of byDistance) {
        const next: ReadRow | undefined = key === undefined ? undefined : read.get(key);
        if (next === undefined) break;
        for (const at of next.holds) if ((shares[at] ?? 0) < share) shares[at] = share;
        key = next.row[direction];
      }
    }
    const score = sum(terms.keys(), (at) => (shares[at] ?? 0) * (terms[at]?.weight ?? 0));
    const about = (): string => {
      const things = [...one.things].filter(([at]) => !one.holds.has(at));
      const kinds = things.map(([at, { text }]) => `; “${text}” is a kind of “${terms[at]?.text ?? ""}”`);
      const around = [...terms.keys()].filter(
        (at) => (shares[at] ?? 0) > 0 && (shares[at] ?? 0) < 1 && !one.things.has(at),
      );
      return `holds ${list(one.holds)}${kinds.join("")}${around.length > 0 ? `; close by in its thread: ${list(around)}` : ""}`;
    };
    return { key: one.row.key, score, about };
  });

  const telling = rows.map((one) => ({
    key: one.row.key,
    score: sum(one.holds, (at) => (terms[at]?.weight ?? 0) ** 2),
    about: () => `holds rare words of the question: ${list(one.holds)}`,
  }));

  const spelling = rows
    .map((one) => ({
      key: one.row.key,
      score: spelledAlike(one.words),
      about: () => "its words are spelled alike",
    }))
    // Features that fall together by chance make a little likeness of nothing.
    .filter(({ score }) => score >= 0.1);

  const answer = rows.flatMap((one) => {
    const former = one.row.before === undefined ? undefined : read.get(one.row.before);
    if (former === undefined || !former.asks || former.holds.size === 0) return [];
    return [
      { key: one.row.key, score: own(former), about: () => `follows a question that holds ${list(former.holds)}` },
    ];
  });

  const flagged = (test: (one: ReadRow) => boolean, about: (one: ReadRow) => string): readonly Ranked[] =>
    rows.filter((one) => test(one)).map((one) => ({ key: one.row.key, score: 1, about: () => about(one) }));

  return [
    { name: "near", ranked: best(near) },
    { name: "telling", ranked: best(telling) },
    { name: "spelling", ranked: best(spelling) },
    { name: "thread", ranked: best(byThread(rows, terms)) },
    { name: "answer", ranked: best(answer) },
    {
      name: "question",
      ranked: flagged(
        (one) => one.asks,
        () => "asks itself, and answers seldom",
      ),
    },
    {
      name: "speaker",
      ranked: flagged(
        ({ row }) => row.speaker !== null && isNamed(row.speaker, question),
        ({ row }) => `said by ${row.speaker}, whom the question names`,
      ),
    },
    {
      name: "when",
      ranked: question.asksWhen
        ? flagged(
            ({ row }) => timeWords.test(row.text),
            () => "says when, and the question asks for it",
          )
        : [],
    },
  ];
}

/** True when a word of the name is a word of the question. */
export function isNamed(speaker: string, question: Question): boolean {
  return readWords(speaker, 256).some(({ text, isGrammar }) => !isGrammar && question.words.has(text));
}

/** A thread is worth the words that stand anywhere in it, the second time less than the first. */
function byThread(rows: readonly ReadRow[], terms: readonly WeighedTerm[]): readonly Ranked[] {
  const threads = new Map<string, Float64Array>();
  for (const { row, holds } of rows) {
    if (row.threadId === null) continue;
    const counts = threads.get(row.threadId) ?? new Float64Array(terms.length);
    threads.set(row.threadId, counts);
    for (const at of holds) counts[at] = (counts[at] ?? 0) + 1;
  }
  const worth = new Map(
    Array.from(threads, ([id, counts]) => [
      id,
      sum(terms.keys(), (at) => ((terms[at]?.weight ?? 0) * (counts[at] ?? 0)) / ((counts[at] ?? 0) + 1.2)),
    ]),
  );
  return rows.flatMap(({ row }) => {
    const score = row.threadId === null ? 0 : (worth.get(row.threadId) ?? 0);
    return score === 0 ? [] : [{ key: row.key, score, about: () => "its thread holds words of the question" }];
  });
}

function best(ranked: readonly Ranked[]): readonly Ranked[] {
  return ranked.filter(({ score }) => score > 0).toSorted((left, right) => right.score - left.score);
}

function sum(items: Iterable<number>, value: (item: number) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}

function quote(words: readonly string[]): string {
  return words.length === 0 ? "none of the words" : words.map((word) => `“${word}”`).join(", ");
}
