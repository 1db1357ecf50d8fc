import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createReflex, emptyView, loadEnglishClassifier } from "../src/index.ts";
import { filledView } from "./filled-view.ts";

// 500 utterances of twenty kinds, written by somebody who had not seen the interpreter, nor its rules.
const negatives = readFileSync(join(import.meta.dirname, "blind-negatives.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { readonly text: string; readonly kind: string });
const reflex = createReflex({ classifier: await loadEnglishClassifier() });

test("[RX12][RX13][RX14][RX15] of 500 blind negatives none becomes a command, whatever stands in the view", () => {
  expect(new Set(negatives.map(({ text }) => text)).size).toBe(500);
  const commanded = negatives.filter(({ text }) =>
    [emptyView, filledView].some((view) => reflex.answer(text, view).commands.length > 0),
  );
  expect(commanded).toEqual([]);
});

test("[RX7] a thing of another program is known by what stands before the first preposition", () => {
  for (const [text, count] of [
    ["Create a playlist for running on my music app", 0],
    ["Create an album in the gallery app", 0],
    ["Create a settings page for the playlist", 1],
    ["Create a login screen in the mobile app", 1],
    ["Create は日本語で何と言いますか", 0],
    ["Create 日本語 page", 1],
  ] as const) {
    expect([text, reflex.answer(text, emptyView).commands.length]).toEqual([text, count]);
  }
});
