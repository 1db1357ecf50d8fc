// What one answer of the reflex costs, over 10,000 calls, beside a bare scan of the same texts with one regular
// expression; with --data <utterances.jsonl> also how often it is right on the held-back fifth, beside nlp.js, which is
// trained on the other four fifths (some minutes; --rival none leaves it out). Run: node bench/reflex.ts
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createReflex, emptyView, loadEnglishClassifier } from "@kingly/reflex";
import type { View } from "@kingly/reflex";
import { readExamples } from "../packages/reflex/train/examples.ts";
import { judge, wanted } from "../packages/reflex/train/judge.ts";
import { measure, showFigures } from "../packages/reflex/train/measure.ts";
import { trainNlpJs } from "./reflex/nlpjs.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    rival: { type: "string", default: "nlp.js" },
    calls: { type: "string", default: "10000" },
    rounds: { type: "string", default: "11" },
    /** Prints what fired wrongly. */
    wrong: { type: "boolean", default: false },
  },
});
// 0.5 is its own default; from the other on it is about as precise as the reflex.
const nlpJsThresholds = [0.5, 0.9];
const calls = Number(values.calls);
const rounds = Number(values.rounds);

const texts = [
  "Create auth system",
  "Hey Kingly, could you please build a complete shop for my bakery, thanks!",
  "Plan project MyApp for web and mobile",
  "Remember that I prefer dark mode",
  "What do I prefer?",
  "What did we discuss yesterday?",
  "status?",
  "how is the page 7 task going?",
  "cancel the page 12 task",
  "don't create a login page",
  "fill me in on where everything stands at the moment",
  "Create a pricing page. Also remember that I like tea, and what is running?",
  "I wonder what the weather will be like in Lisbon when we get there on Thursday",
  `create a page ${"and a paragraph about bees ".repeat(2_400)}`,
];
const view: View = {
  ...emptyView,
  nowMs: Date.UTC(2025, 10, 22),
  tasks: Array.from({ length: 20 }, (_, index) => ({
    id: `task_${index}`,
    title: `Page ${index}`,
    status: "running",
    updatedAtMs: index,
  })),
  memories: Array.from({ length: 20 }, (_, index) => ({
    key: `user_preference_${index}`,
    value: `I prefer number ${index}`,
    type: "semantic",
    atMs: index,
  })),
};
const startedMs = performance.now();
const classifier = await loadEnglishClassifier();
const loadedMs = performance.now() - startedMs;
const reflex = createReflex({ classifier });
const bare = /\b(?:create|build|plan|remember|prefer|discuss|status|cancel|split|retry)\b/i;

let kept = 0;
const microsecondsPerCall = (work: (text: string) => number, said: readonly string[] = texts): number => {
  const startMs = performance.now();
  for (let call = 0; call < calls; call += 1) kept += work(said[call % said.length] ?? "");
  return ((performance.now() - startMs) * 1000) / calls;
};
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
const examples = values.data === undefined ? [] : readExamples(values.data);
const heldBack = examples.filter(({ fold }) => fold === 0);
const heldBackTexts = heldBack.map(({ text }) => text);

const ours: number[] = [];
const oursOnData: number[] = [];
const scan: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  ours.push(microsecondsPerCall((text) => reflex.answer(text, view).commands.length));
  if (heldBackTexts.length > 0) {
    oursOnData.push(microsecondsPerCall((text) => reflex.answer(text, view).commands.length, heldBackTexts));
  }
  scan.push(microsecondsPerCall((text) => (bare.test(text) ? 1 : 0)));
}
const show = (numbers: readonly number[]): string =>
  `${median(numbers).toFixed(2)} us a call (${Math.min(...numbers).toFixed(2)} to ${Math.max(...numbers).toFixed(2)})`;
const source = readFileSync(join(import.meta.dirname, "../packages/reflex/src/english/english-weights.ts"));
console.log(
  `weights     ${source.length} bytes, ${gzipSync(source, { level: 9 }).length} with gzip, ready in ${loadedMs.toFixed(0)} ms`,
);
console.log(`${rounds} rounds of ${calls} calls, ${texts.length} texts, ${kept} results kept`);
console.log(`reflex      ${show(ours)}, target 100`);
if (oursOnData.length > 0) console.log(`on the data ${show(oursOnData)}, target 100`);
console.log(`bare regex  ${show(scan)}`);

if (heldBack.length > 0) {
  for (const kind of ["label", "raw"] as const) {
    const rows = heldBack.map((example) => ({ ...judge(reflex, example.text), label: wanted(example[kind]), example }));
    const commands = rows.filter((row) => row.hasCommand);
    const name = kind === "label" ? "audited labels" : "raw labels    ";
    console.log(`reflex, ${name} ${showFigures(measure(rows))}`);
    console.log(
      `  commands given: ${commands.length}, of them for another intent or none: ` +
        String(commands.filter((row) => row.found !== row.label).length),
    );
    if (values.wrong && kind === "label") {
      for (const { found, label, why, example } of rows) {
        if (found !== undefined && found !== label) console.log(`  ${label} -> ${found}: ${example.text} (${why})`);
      }
    }
  }
  if (values.rival === "nlp.js") {
    for (const kind of ["label", "raw"] as const) {
      const learned = examples.filter(({ fold }) => fold !== 0).map((one) => ({ text: one.text, label: one[kind] }));
      const classify = await trainNlpJs(learned);
      const startMs = performance.now();
      const guessed: { label: string; found: string | undefined; score: number }[] = [];
      for (const example of heldBack) {
        const { label: found, score } = await classify(example.text);
        guessed.push({ label: wanted(example[kind]), found: intentOf(found), score });
      }
      const us = ((performance.now() - startMs) * 1000) / heldBack.length;
      const name = kind === "label" ? "audited labels" : "raw labels    ";
      for (const threshold of nlpJsThresholds) {
        const rows = guessed.map((row) => ({ ...row, found: row.score < threshold ? undefined : row.found }));
        console.log(`nlp.js from ${threshold}, ${name} ${showFigures(measure(rows))}, ${us.toFixed(0)} us a call`);
      }
    }
  }
}

function intentOf(label: string | undefined): string | undefined {
  return label === undefined ? undefined : wanted(label);
}
