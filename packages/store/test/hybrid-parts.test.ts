import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuseArms, armWeights } from "../src/hybrid/arms.ts";
import { diversify } from "../src/hybrid/diversify.ts";
import { createSpellingMeasure, localEmbedder } from "../src/hybrid/local-embedder.ts";
import { readWords } from "../src/hybrid/read-words.ts";
import { porterStem } from "../src/hybrid/porter-stem.ts";
import { readQuestion } from "../src/hybrid/read-question.ts";

import { likenessTable, signatureOf } from "../src/hybrid/signature.ts";
import { readNamedTime } from "../src/hybrid/time-expression.ts";
import { openTestStore } from "./open-store.ts";

const utc = (text: string): number => Date.parse(`${text}T00:00:00Z`);

test("[S75] words are taken to the stems that the full-text index knows", async () => {
  const opened = await openTestStore({ inMemory: true });
  try {
    const text = ["../SPEC.md", "../README.md", "../../codec/SPEC.md", "../../../README.md"]
      .map((path) => readFileSync(new URL(path, import.meta.url), "utf8"))
      .join(" ");
    const suffixes = [
      "s",
      "es",
      "ed",
      "ing",
      "ational",
      "iveness",
      "ization",
      "ability",
      "ment",
      "fully",
      "ion",
      "y",
      "ies",
    ];
    const found = text.toLowerCase().match(/[a-z]{3,16}/g) ?? [];
    const words = [...new Set([...found, ...found.slice(0, 300).flatMap((word) => suffixes.map((end) => word + end))])];
    expect(words.length).toBeGreaterThan(3000);
    const wrong = await opened.write((unit) => {
      unit.run("CREATE VIRTUAL TABLE temp.stems USING fts5 (w, tokenize='porter unicode61')");
      unit.run("CREATE VIRTUAL TABLE temp.vocab USING fts5vocab (temp, stems, instance)");
      for (const [at, word] of words.entries())
        unit.run("INSERT INTO temp.stems (rowid, w) VALUES (?, ?)", at + 1, word);
      return unit
        .all<{ term: string; doc: number }>("SELECT term, doc FROM temp.vocab")
        .map(({ term, doc }) => ({ word: words[doc - 1] ?? "", term }))
        .filter(({ word, term }) => porterStem(word) !== term);
    });
    expect(wrong).toEqual([]);
  } finally {
    await opened.end();
  }
});

test("[S75] irregular forms meet; grammar words are dropped unless nothing else is left", () => {
  const stems = (text: string): readonly string[] => readQuestion(text, 0).terms.map(({ stem }) => stem);
  expect(stems("Where did the children go?")).toEqual(stems("a child went"));
  expect(stems("What is it?")).toEqual(["what", "is", "it"]);
  expect(stems("Café's CAFÉ cafe")).toEqual(["cafe"]);
  expect(readQuestion("went", 0).terms[0]?.match).toBe('"went" OR "go" OR "goes" OR "gone"');
});

describe("[S76] a time that a question names", () => {
  const nowMs = utc("2024-03-13") + 15 * 3_600_000; // a Wednesday
  test.each<readonly [text: string, from: string, to: string]>([
    ["what happened on 2023-05-08?", "2023-05-08", "2023-05-09"],
    ["what did Ada say on 8 May 2023", "2023-05-08", "2023-05-09"],
    ["what did Ada say on May 8th, 2023?", "2023-05-08", "2023-05-09"],
    ["the trip of July 2022", "2022-07-01", "2022-08-01"],
    ["who came in 2021?", "2021-01-01", "2022-01-01"],
    ["who came in January?", "2024-01-01", "2024-02-01"],
    ["who came yesterday", "2024-03-12", "2024-03-13"],
    ["what is due tomorrow", "2024-03-14", "2024-03-15"],
    ["what did we decide last week?", "2024-03-04", "2024-03-11"],
    ["this month", "2024-03-01", "2024-04-01"],
    ["last year", "2023-01-01", "2024-01-01"],
    ["what was said last Monday", "2024-03-11", "2024-03-12"],
    ["three days ago", "2024-03-10", "2024-03-11"],
  ])("%s", (text, from, to) => {
    expect(readNamedTime(text, nowMs)?.intervals[0]).toEqual([utc(from), utc(to)]);
  });
  test.each(["may I ask", "they march on", "chapter 12", "", "version 2.0"])("none in: %s", (text) => {
    expect(readNamedTime(text, nowMs)).toBeUndefined();
  });
  test("any text is read without an error, and every stretch of time begins before it ends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 0, max: 4e12 }), (text, atMs) => {
        for (const [from, to] of readNamedTime(`in May ${text}`, atMs)?.intervals ?? []) expect(from).toBeLessThan(to);
      }),
    );
  });
});

test("[S74] arms are fused by weighted reciprocal rank; equal scores share a rank; weight 0 leaves an arm out", () => {
  const about = (): string => "";
  const fused = fuseArms(
    [
      {
        name: "near",
        ranked: [
          { key: "a", score: 3, about },
          { key: "b", score: 2, about },
          { key: "c", score: 2, about },
          { key: "d", score: 1, about },
        ],
      },
      { name: "words", ranked: [{ key: "d", score: 9, about }] },
    ],
    { ...armWeights, near: 1, words: 0 },
  );
  const pointsOf = (key: string): readonly (readonly [string, number, number])[] =>
    (fused.get(key) ?? []).map(({ arm, rank, points }) => [arm, rank, points] as const);
  expect(pointsOf("a")).toEqual([["near", 1, 1]]);
  expect(pointsOf("b")).toEqual([["near", 2, 20 / 21]]);
  expect(pointsOf("c")).toEqual([["near", 2, 20 / 21]]);
  expect(pointsOf("d")).toEqual([["near", 4, 20 / 23]]);
});

describe("[S77] maximal marginal relevance", () => {
  const candidate = (
    item: string,
    score: number,
    stems: string,
  ): { item: string; score: number; stems: Set<string> } => ({
    item,
    score,
    stems: new Set(stems.split(" ")),
  });
  const three = [candidate("first", 1, "a b c"), candidate("twin", 0.99, "a b c"), candidate("other", 0.8, "x y z")];
  test("prefers what is unlike what was chosen, and keeps the order at 1", () => {
    const chosen = (lambda: number): readonly string[] => diversify(three, 3, lambda).map(({ item }) => item);
    expect(chosen(1)).toEqual(["first", "twin", "other"]);
    expect(chosen(0.7)).toEqual(["first", "other", "twin"]);
    // Both twins would suffer if the likeness to all candidates counted, as it does without iteration.
    expect(chosen(0.7)[0]).toBe("first");
  });
  test("each step is the best one by its own formula", () => {
    const word = fc.constantFrom("a", "b", "c", "d", "e");
    const any = fc.array(fc.record({ score: fc.double({ min: 0.01, max: 1, noNaN: true }), words: fc.array(word) }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(any, fc.double({ min: 0, max: 0.99, noNaN: true }), (given, lambda) => {
        const all = given.map(({ score, words }, at) => ({ item: at, score, stems: new Set(words) }));
        const best = Math.max(...all.map(({ score }) => score));
        const alike = (l: Set<string>, r: Set<string>): number => {
          const common = [...l].filter((word) => r.has(word)).length;
          return common === 0 ? 0 : common / (l.size + r.size - common);
        };
        const chosen = diversify(all, all.length, lambda);
        expect(chosen).toHaveLength(all.length);
        for (const [at, one] of chosen.entries()) {
          const before = chosen.slice(0, at);
          const value = (c: (typeof all)[number]): number =>
            (lambda * c.score) / best -
            (1 - lambda) * Math.max(0, ...before.map(({ item }) => alike(all[item]?.stems ?? new Set(), c.stems)));
          const left = all.filter(({ item }) => !before.some((other) => other.item === item));
          expect(value(all[one.item] ?? all[0]!)).toBeCloseTo(Math.max(...left.map((c) => value(c))), 9);
        }
      }),
    );
  });
});

describe("[S79] the local embedder", () => {
  const dot = (left: Float32Array, right: Float32Array): number =>
    left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
  const likeness = (left: string, right: string): number =>
    dot(localEmbedder.embedOne(left), localEmbedder.embedOne(right));
  test("knows spelling, and nothing of meaning", () => {
    expect(likeness("photograph", "photography")).toBeGreaterThan(0.3);
    expect(likeness("restaurant", "resturant")).toBeGreaterThan(0.2);
    expect(likeness("car", "vehicle")).toBeLessThan(0.1);
    expect(likeness("the and of", "anything")).toBe(0);
  });
  test("measures likeness without making vectors, nearly as the vectors tell it", () => {
    const texts = ["red apples grow on trees", "green apples", "the blue mountains of home", "an apple pie with cream"];
    for (const asked of ["apple trees", "mountain", "a pie for the home"].map((text) => localEmbedder.embedOne(text))) {
      const measure = createSpellingMeasure(asked);
      for (const text of texts) {
        expect(measure(readWords(text, 100))).toBeCloseTo(dot(asked, localEmbedder.embedOne(text)), 0.8);
      }
    }
    expect(createSpellingMeasure(localEmbedder.embedOne("x"))([])).toBe(0);
  });
  test("gives vectors of length 1, whose signatures rank as they do", () => {
    const texts = ["red apples", "green apples", "blue mountains", "apple pie", "a mountain lake"];
    const asked = localEmbedder.embedOne("apples");
    const table = likenessTable(asked);
    const bySignature = (text: string): number =>
      signatureOf(localEmbedder.embedOne(text)).reduce((sum, value, at) => sum + (table[at * 256 + value] ?? 0), 0);
    const best = texts.toSorted((left, right) => bySignature(right) - bySignature(left));
    expect(new Set(best.slice(0, 3))).toEqual(new Set(["red apples", "green apples", "apple pie"]));
    for (const text of texts) expect(dot(localEmbedder.embedOne(text), localEmbedder.embedOne(text))).toBeCloseTo(1, 5);
  });
});
