import { createReflex, emptyView, loadEnglishClassifier } from "@kingly/reflex";
import { createMemoryLog } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { loadReadDates, openReflex } from "../src/open-reflex.ts";
import { rehearse } from "../src/rehearse.ts";

const gone = (): Promise<never> => Promise.reject(new Error("it is not installed"));
const timed = "create a task to call the printer tomorrow at 9";
const guessed = "give me a rundown of everything that is going on";

test("[G30] the rules answer before anything is loaded", () => {
  const { reflex } = openReflex({ log: createMemoryLog() });
  expect(reflex.answer("create auth system", emptyView).commands).toHaveLength(1);
  expect(reflex.answer(timed, emptyView).slots?.dueAtMs).toBeUndefined();
});

test("[G30] without the reader of times the classifier is still there, and the other way round", async () => {
  const log = createMemoryLog();
  const whole = openReflex({ log });
  await whole.load();
  const guess = whole.reflex.answer(guessed, emptyView);
  const withoutDates = openReflex({ log }, { loadClassifier: loadEnglishClassifier, loadDates: gone });
  await withoutDates.load();
  expect(withoutDates.reflex.answer(guessed, emptyView)).toEqual(guess);
  expect(withoutDates.reflex.answer(timed, emptyView).slots?.dueAtMs).toBeUndefined();
  const withoutClassifier = openReflex({ log }, { loadClassifier: gone, loadDates: loadReadDates });
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

test("[G30] what was loaded is practised, a line in each turn, before it answers anybody", async () => {
  let turns = 0;
  const nextTurn = async (): Promise<void> => void (turns += 1);
  const times: string[] = [];
  const readDates = (text: string): undefined => void times.push(text);
  const heard: string[] = [];
  const reflex = createReflex({ readDates });
  await rehearse(
    { answer: (text, view) => (heard.push(text), reflex.answer(text, view)) },
    { nowMs: 1_800_000_000_000, nextTurn },
  );
  expect(turns).toBe(heard.length);
  // The reader of times is what is slow, the first time and the second.
  expect(times).toHaveLength(2);
  const intents = new Set(heard.map((text) => reflex.answer(text, emptyView).intent));
  expect(intents.size).toBeGreaterThanOrEqual(8);

  const practising = Promise.withResolvers<void>();
  const opened = openReflex({ log: createMemoryLog(), practise: () => practising.promise });
  const loading = opened.load();
  await new Promise((resolve) => setImmediate(resolve));
  expect(opened.reflex.answer(timed, { ...emptyView, nowMs: 1_800_000_000_000 }).slots?.dueAtMs).toBeUndefined();
  practising.resolve();
  await loading;
  expect(opened.reflex.answer(timed, { ...emptyView, nowMs: 1_800_000_000_000 }).slots?.dueAtMs).toBeDefined();
});
