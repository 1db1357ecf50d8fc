import { readFileSync } from "node:fs";
import { join } from "node:path";

/** An utterance with the label it carries. `raw` is the label of the data, before the audit. */
export interface Example {
  readonly text: string;
  readonly label: string;
  readonly raw: string;
  /** 0 to 4, by the text alone. Fold 0 is held back: nothing is learned, tuned or chosen with it. */
  readonly fold: number;
}

/** Returns the fold of a text, 0 to 4: by a hash, so that it is the same for ever and everywhere. */
export function foldOf(text: string): number {
  return hashOf(text.toLowerCase()) % 5;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}

/** Reads `{text, intent}` lines and puts the corrections of the audit on them. */
export function readExamples(path: string): readonly Example[] {
  const corrections = new Map(
    readLines<{ readonly text: string; readonly from: string; readonly label: string }>(
      join(import.meta.dirname, "corrections.jsonl"),
    ).map((correction) => [`${correction.from} ${correction.text}`, correction.label]),
  );
  return readLines<{ readonly text: string; readonly intent: string }>(path).map(({ text, intent }) => ({
    text,
    raw: intent,
    label: corrections.get(`${intent} ${text}`) ?? intent,
    fold: foldOf(text),
  }));
}

/** Reads our own utterances: `label: pattern`, where `(a|b)` in a pattern stands for each of them. They are only
 * learned from. */
export function readOwnExamples(): readonly Example[] {
  const lines = readFileSync(join(import.meta.dirname, "own-utterances.txt"), "utf8").split("\n");
  const examples = lines.flatMap((line) => {
    const match = /^([a-z.]+): (.+)$/.exec(line);
    const [, label = "", pattern = ""] = match ?? [];
    return match === null ? [] : some(expand(pattern)).map((text) => ({ text, label, raw: label, fold: foldOf(text) }));
  });
  return [...new Map(examples.map((example) => [example.text, example])).values()];
}

// So many of a pattern are learned from: the choice is by a hash, and each word of it still comes up.
const mostOfPattern = 16;

function some(texts: readonly string[]): readonly string[] {
  return texts.toSorted((a, b) => hashOf(a) - hashOf(b)).slice(0, mostOfPattern);
}

function expand(pattern: string): readonly string[] {
  const match = /^(.*?)\(([^()]*)\)(.*)$/.exec(pattern);
  if (match === null) return [pattern.replace(/\s+/g, " ").trim()];
  const [, before = "", choice = "", after = ""] = match;
  return choice.split("|").flatMap((part) => expand(before + part + after));
}

function readLines<Row>(path: string): readonly Row[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}
