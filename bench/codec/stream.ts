// Measures a command and prose that arrive in chunks of four characters: `node bench/codec/stream.ts`.
import { createScanner } from "@kingly/codec";
import { loadRivals } from "./rivals.ts";

const { partialJson, bestEffort } = loadRivals();
const chunkLength = 4;

const chunksOf = (text: string, length: number): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );

/** The least milliseconds of many runs, as many as the time allows. */
function fastest(work: () => number, mostMs: number): number {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + mostMs;
  do {
    const begun = performance.now();
    if (work() === 0) throw new Error("The work gave nothing.");
    best = Math.min(best, performance.now() - begun);
  } while (performance.now() < end);
  return best;
}

function scan(chunks: readonly string[], wanted: string): number {
  const scanner = createScanner({ maxLength: 65_536 });
  let events = 0;
  let found = 0;
  for (const chunk of chunks) {
    for (const event of scanner.push(chunk)) {
      events += 1;
      if (event.kind === wanted) found += 1;
    }
  }
  return found === 0 ? 0 : events;
}

/** Parses what has come so far after every chunk, as is done to show an object that is still arriving. */
function parseEach(chunks: readonly string[], parse: (text: string) => unknown): number {
  let text = "";
  let count = 0;
  for (const chunk of chunks) {
    text += chunk;
    if (parse(text) !== undefined) count += 1;
  }
  return count;
}

const check = (name: string, value: number, most: number, unit: string): void => {
  if (value > most) process.exitCode = 1;
  console.log(`${value <= most ? "reached" : "MISSED "} ${name}: ${value.toPrecision(3)} ${unit}, at most ${most}`);
};

const sentence = "The calendar shows who is on call this week, and whom to ask next. ";
const textOf = (length: number): string =>
  sentence
    .repeat(Math.ceil(length / sentence.length))
    .slice(0, length)
    .trim();

console.log("one command in chunks of 4, ms".padEnd(34) + "coded   partial-json   best-effort   JSON.parse at the end");
let largestMs = Number.NaN;
for (const length of [200, 2000, 16_000]) {
  const title = textOf(length);
  const json = JSON.stringify({ op: "task_create", title, intent_type: "maintenance", complexity: "low" });
  const chunks = chunksOf(`[Generating: tc:${title}|maintenance|low]`, chunkLength);
  const jsonChunks = chunksOf(json, chunkLength);
  const quadraticMs = length > 10_000 ? 1 : 400;
  const ms = fastest(() => scan(chunks, "command"), 700);
  largestMs = ms;
  const cells = [
    ms,
    fastest(() => parseEach(jsonChunks, (text) => partialJson.parse(text)), quadraticMs),
    fastest(() => parseEach(jsonChunks, (text) => bestEffort.parse(text)), quadraticMs),
    fastest(() => parseEach([jsonChunks.join("")], (text) => JSON.parse(text) as unknown), 200),
  ];
  const widths = [14, 15, 14, 24];
  console.log(
    `${length} characters`.padEnd(25) + cells.map((cell, at) => cell.toPrecision(3).padStart(widths[at] ?? 0)).join(""),
  );
}

const escaped = "The calendar \\[v2\\] shows who is on call this week, and whom to ask next. ";
const escapedChunks = chunksOf(
  `[Generating: tc:${escaped.repeat(Math.floor(16_000 / escaped.length))}End|maintenance|low]`,
  chunkLength,
);
const escapedMs = fastest(() => scan(escapedChunks, "command"), 700);
console.log(`16000 characters, two escapes in 76`.padEnd(35) + escapedMs.toPrecision(3));

const prose = chunksOf(textOf(400_000), chunkLength);
const proseMs = fastest(() => scan(prose, "prose"), 1500);
const nsPerChunk = (proseMs * 1e6) / prose.length;
console.log(`\nprose in chunks of 4: ${nsPerChunk.toFixed(0)} ns a chunk, ${(0.4 / (proseMs / 1000)).toFixed(0)} MB/s`);
const pageMs = fastest(() => scan(chunksOf(textOf(400_000), 4096), "prose"), 700);
console.log(`prose in chunks of 4,096: ${(0.4 / (pageMs / 1000)).toFixed(0)} MB/s\n`);
check("prose, for each chunk of 4", nsPerChunk, 100, "ns");
check("a command of 16,000 characters with all its deltas", largestMs, 0.4, "ms");
check("the same with two escapes in every 76 characters", escapedMs, 0.4, "ms");
