// Measures reading and writing lines beside JSON and others, in interleaved batches: `node bench/codec/throughput.ts`.
import { formatCommand, formatEvent, parseCommand, parseEvent } from "@kingly/codec";
import type { Parsed } from "@kingly/codec";
import { corpora } from "./corpus.ts";
import type { Corpus } from "./corpus.ts";
import { interleave } from "./interleave.ts";
import type { Timing } from "./interleave.ts";
import { loadRivals } from "./rivals.ts";

const { json5, msgpackr, toon } = loadRivals();
const quick = process.argv.includes("--quick");

/** Reads all lines; counts what was read, so that nothing can be left out. */
const readAll = <T>(lines: readonly string[], parse: (line: string) => Parsed<T>): number => {
  let count = 0;
  for (const line of lines) if (parse(line).ok) count += 1;
  return count;
};
const mapAll = <T>(items: readonly T[], work: (item: T) => unknown): number => {
  let count = 0;
  for (const item of items) if (work(item) !== undefined) count += 1;
  return count;
};

// A string that was put together is a tree until someone looks at it. A socket would: we do, lest it be free.
const flat = (text: string): number => text.charCodeAt(0);

type Way = readonly [name: string, work: () => number];

/** Measures the pair by itself first: the others leave so much garbage behind that JSON looks slower than it is. */
function beside(pair: readonly Way[], rivals: readonly Way[], items: number): readonly Timing[] {
  const timings = interleave(pair, items);
  return quick ? timings : [...timings, ...interleave([...pair.slice(0, 1), ...rivals], items).slice(1)];
}

function decode({ commands, events }: Corpus): readonly Timing[] {
  const json = [...commands.json, ...events.json];
  const messages = [...commands.messages, ...events.messages];
  const packed = messages.map((message) => msgpackr.pack(message));
  const tooned = messages.map((message) => toon.encode(message));
  const rivals: readonly Way[] = [
    ["msgpackr", () => mapAll(packed, (bytes) => msgpackr.unpack(bytes))],
    ["TOON", () => mapAll(tooned, (text) => toon.decode(text))],
    ["JSON5", () => mapAll(json, (text) => json5.parse(text))],
  ];
  return beside(
    [
      ["JSON.parse", () => mapAll(json, (text) => JSON.parse(text) as unknown)],
      ["coded", () => readAll(commands.lines, parseCommand) + readAll(events.lines, parseEvent)],
    ],
    rivals,
    messages.length,
  );
}

function encode({ commands, events }: Corpus): readonly Timing[] {
  const messages = [...commands.messages, ...events.messages];
  const rivals: readonly Way[] = [
    ["msgpackr", () => mapAll(messages, (message) => msgpackr.pack(message))],
    ["TOON", () => mapAll(messages, (message) => toon.encode(message))],
    ["JSON5", () => mapAll(messages, (message) => json5.stringify(message))],
  ];
  return beside(
    [
      ["JSON.stringify", () => mapAll(messages, (message) => flat(JSON.stringify(message)))],
      [
        "coded",
        () =>
          mapAll(commands.messages, (message) => flat(formatCommand(message))) +
          mapAll(events.messages, (message) => flat(formatEvent(message))),
      ],
    ],
    rivals,
    messages.length,
  );
}

const targets: Readonly<Record<string, readonly [decode: number, encode: number]>> = {
  flat: [2.2, 1],
  payload: [1.5, 1],
  mix: [2, 1],
};

function show(work: string, corpus: Corpus, timings: readonly Timing[], target: number | undefined): void {
  console.log(`\n${work} ${corpus.name}`.padEnd(29) + "ns/message   x JSON   median of rounds");
  for (const { name, ns, ratio, median } of timings) {
    console.log(
      name.padEnd(29) + ns.toFixed(0).padStart(9) + ratio.toFixed(2).padStart(9) + median.toFixed(2).padStart(19),
    );
  }
  const coded = timings.find(({ name }) => name === "coded");
  if (target === undefined || coded === undefined) return;
  const isReached = coded.ratio >= target;
  if (!isReached) process.exitCode = 1;
  console.log(`${isReached ? "reached" : "MISSED"}: at least ${target}x, by the tenth percentile of each`);
}

for (const corpus of corpora) show("decode", corpus, decode(corpus), targets[corpus.name]?.[0]);
// The objects of `payload as JSON` are those of `payload`.
for (const corpus of corpora.filter(({ name }) => name !== "payload as JSON"))
  show("encode", corpus, encode(corpus), targets[corpus.name]?.[1]);
