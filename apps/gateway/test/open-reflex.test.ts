import { emptyView, loadEnglishClassifier } from "@kingly/reflex";
import { createMemoryLog } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { loadReadDates, openReflex } from "../src/open-reflex.ts";

const gone = (): Promise<never> => Promise.reject(new Error("it is not installed"));
const timed = "create a task to call the printer tomorrow at 9";
const guessed = "give me a rundown of everything that is going on";

test("[G30] the rules answer before anything is loaded", () => {
  const { reflex } = openReflex(createMemoryLog());
  expect(reflex.answer("create auth system", emptyView).commands).toHaveLength(1);
  expect(reflex.answer(timed, emptyView).slots?.dueAtMs).toBeUndefined();
});

test("[G30] without the reader of times the classifier is still there, and the other way round", async () => {
  const log = createMemoryLog();
  const whole = openReflex(log);
  await whole.load();
  const guess = whole.reflex.answer(guessed, emptyView);
  const withoutDates = openReflex(log, { loadClassifier: loadEnglishClassifier, loadDates: gone });
  await withoutDates.load();
  expect(withoutDates.reflex.answer(guessed, emptyView)).toEqual(guess);
  expect(withoutDates.reflex.answer(timed, emptyView).slots?.dueAtMs).toBeUndefined();
  const withoutClassifier = openReflex(log, { loadClassifier: gone, loadDates: loadReadDates });
  await withoutClassifier.load();
  expect(withoutClassifier.reflex.answer(guessed, emptyView).intent).not.toBe(guess.intent);
  expect(
    withoutClassifier.reflex.answer(timed, { ...emptyView, nowMs: 1_800_000_000_000 }).slots?.dueAtMs,
  ).toBeDefined();
  expect(log.entries.map(({ message }) => message)).toEqual([
    "the reader of times cannot be loaded; the others answer without it",
    "the classifier cannot be loaded; the others answer without it",
  ]);
});
