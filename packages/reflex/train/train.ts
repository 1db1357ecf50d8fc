// Trains the classifier of English and writes its weights: node train/train.ts <utterances.jsonl> [--try]
// The data is `{text, intent}` lines; it stays where it is. The same data gives the same file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cuedLabels } from "../src/classifier/cued-labels.ts";
import { classifierWords } from "../src/classifier/classifier-words.ts";
import { eachFeature } from "../src/classifier/features.ts";
import { compileLanguage } from "../src/compile-language.ts";
import { english } from "../src/english/english.ts";
import { findTemperature, findThresholds } from "./calibrate.ts";
import type { Judged } from "./calibrate.ts";
import { readExamples, readOwnExamples } from "./examples.ts";
import type { Example } from "./examples.ts";
import { fit, scores, softmax } from "./fit.ts";
import type { Sample } from "./fit.ts";
import { measure, showFigures } from "./measure.ts";
import { pack } from "./pack.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bits: { type: "string", default: "15" },
    epochs: { type: "string", default: "20" },
    rate: { type: "string", default: "0.4" },
    decay: { type: "string", default: "0.000001" },
    precision: { type: "string", default: "0.99" },
    "false-fires": { type: "string", default: "0.003" },
    /** Only prints; writes nothing. */
    try: { type: "boolean", default: false },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error("Give the path of the utterances: node train/train.ts <utterances.jsonl>");

const bits = Number(values.bits);
const language = compileLanguage(english);
const data = readExamples(path);

// The other assistants of the data are called this; ours is not.
const otherNames = /\b(?:olly|ai|siri|alexa|google)\b/g;
const wordsOf = (text: string): readonly string[] =>
  classifierWords(text.toLowerCase().replace(otherNames, ""), language);
// What stands in the held-back fifth, but for its signs, is not learned from our own utterances either.
const keyOf = (text: string): string => wordsOf(text).join(" ");
const unseen = new Set(data.filter((example) => example.fold === 0).map(({ text }) => keyOf(text)));
const own = readOwnExamples().filter(({ text }) => !unseen.has(keyOf(text)));
const labels = ["none", ...new Set([...data, ...own].map(({ label }) => label).filter((label) => label !== "none"))];
labels.splice(1, labels.length, ...labels.slice(1).toSorted());
const classes = labels.length;
const options = {
  bits,
  classes,
  epochs: Number(values.epochs),
  rate: Number(values.rate),
  decay: Number(values.decay),
};

const toSample = ({ text, label }: Example): Sample & { readonly cued: readonly boolean[] } => {
  const buckets = new Set<number>();
  const words = wordsOf(text);
  const cued = cuedLabels(words, language);
  eachFeature(words, cued, bits, (bucket) => buckets.add(bucket));
  return {
    buckets: Int32Array.from(buckets),
    label: labels.indexOf(label),
    cued: labels.map((name) => cued.includes(name)),
  };
};
const samples = data.map((example) => ({ ...example, sample: toSample(example) }));
const ownSamples = own.map(toSample);
const isHeldBack = ({ fold }: Example): boolean => fold === 0;
say(`${data.length} utterances, ${own.length} of our own, ${classes} labels, ${1 << bits} buckets`);

// Every text of the other folds is judged by a model that has not seen it: temperature and thresholds come from there.
const judged: Judged[] = [];
for (const fold of [1, 2, 3, 4]) {
  const seen = samples.filter((one) => !isHeldBack(one) && one.fold !== fold).map(({ sample }) => sample);
  const model = fit([...seen, ...ownSamples], { ...options, seed: fold });
  for (const { sample } of samples.filter((one) => one.fold === fold)) {
    judged.push({ scores: scores(model, sample.buckets), label: sample.label, cued: sample.cued });
  }
}
const temperature = findTemperature(judged);
const goal = { precision: Number(values.precision), falseFires: Number(values["false-fires"]) };
const thresholds = findThresholds(judged, temperature, classes, goal);
const nameOf = (found: Float64Array, cued: readonly boolean[]): string | undefined => {
  const top = found.indexOf(Math.max(...found));
  const threshold = (cued[top] === true ? thresholds.withCue : thresholds.without)[top] ?? 1;
  return top > 0 && (found[top] ?? 0) >= threshold ? labels[top] : undefined;
};
const ofJudged = judged.map(({ scores: found, label, cued }) => ({
  label: labels[label] ?? "",
  found: nameOf(softmax(found, temperature), cued),
}));
say(`cross-validated  ${showFigures(measure(ofJudged))}, temperature ${temperature}`);

const learned = samples.filter((one) => !isHeldBack(one)).map(({ sample }) => sample);
const model = fit([...learned, ...ownSamples], { ...options, seed: 0 });
const packed = pack(model, { tag: english.tag, labels, temperature, thresholds });
const heldBack = samples.filter(isHeldBack);
for (const kind of ["label", "raw"] as const) {
  const rows = heldBack.map((one) => ({
    label: one[kind],
    found: nameOf(softmax(scores(packed.model, one.sample.buckets), temperature), one.sample.cued),
  }));
  say(`held back, ${kind === "raw" ? "raw labels    " : "audited labels"} ${showFigures(measure(rows))}`);
}
labels.forEach((label, index) => {
  const [cued, plain] = [thresholds.withCue[index], thresholds.without[index]];
  say(`  ${label.padEnd(16)} threshold ${plain ?? 1}, with its cues ${cued ?? 1}`);
});
say(`${packed.source.length} bytes`);
if (!values.try) {
  writeFileSync(join(import.meta.dirname, "../src/english/english-weights.ts"), packed.source);
}
