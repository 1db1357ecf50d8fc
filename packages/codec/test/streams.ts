import fc from "fast-check";
import { createScanner, formatCommand, lenient } from "../src/index.ts";
import type { ScanEvent, ScannerOptions } from "../src/index.ts";
import { anyCommand, anyText, nearLine } from "./arbitraries.ts";

/** Scans a text cut into chunks of these sizes, again and again; without sizes, in one chunk. */
export function scan(text: string, options: ScannerOptions = {}, sizes: readonly number[] = []): ScanEvent[] {
  const scanner = createScanner(options);
  const events: ScanEvent[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? text.length;
    events.push(...scanner.push(text.slice(at, at + size)));
    at += size;
  }
  events.push(...scanner.end());
  return events;
}

/** Joins what chunks cut: neighbouring prose, and neighbouring deltas of one field. */
export function join(events: readonly ScanEvent[]): ScanEvent[] {
  const joined: ScanEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.kind === "prose" && last?.kind === "prose") {
      joined[joined.length - 1] = { ...last, text: last.text + event.text };
    } else if (event.kind === "delta" && last?.kind === "delta" && last.index === event.index) {
      joined[joined.length - 1] = { ...last, text: last.text + event.text };
    } else joined.push(event);
  }
  return joined;
}

/** The stream again, from what was told of it. */
export function textOf(events: readonly ScanEvent[]): string {
  return events
    .map((event) => (event.kind === "prose" || event.kind === "command" || event.kind === "broken" ? event.text : ""))
    .join("");
}

/** The canonical lines that a program would act on. */
export function linesOf(events: readonly ScanEvent[]): string[] {
  return events.flatMap((event) => (event.kind === "command" ? [formatCommand(event.command)] : []));
}

const label = fc.constantFrom("Generating", "tc", "A", "Do-it_2", "a23456789012345678901234");

/** A command as a model writes it, in its bracket. */
export const anyEmbed: fc.Arbitrary<string> = fc
  .tuple(label, anyCommand)
  .map(([label, command]) => `[${label}: ${formatCommand(command)}]`);

const piece = fc.constantFrom(
  "[",
  "]",
  "\\",
  "\\[",
  "[[",
  "[Generating",
  "[Generating: ",
  "[Generating: tc:",
  "[Generating:tc:",
  "[tc:",
  "[TC: ",
  "[tc#7:",
  "[tc: ms:",
  "[tc:ms:",
  "[tc: tc",
  "[G k7: tc:",
  "[G k7",
  "[G k8: cl:",
  "[Generating: zz:",
  "[G: tc#",
  "tc:",
  "[G: ms:k|",
  "[G: wf:p|{",
  "|",
  "{",
  "}",
  "'",
  '"',
  "“",
  "”",
  ":",
  ",",
  "\n",
  " ",
  "  ",
  "x",
  "low",
  "a:1",
  "\\u00e9",
  "\\u12",
  "\\n",
  "\\s",
  "😀",
  "\ud83d",
  "é",
  "[bug]",
  "]]",
  "}]",
  "#7",
  "word and more",
  "{a:1}",
  "'x'",
  "[1,2]",
  "].",
);

/** Streams of prose, commands, and much that is nearly one. */
export const anyStream: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: piece },
      { weight: 1, arbitrary: anyEmbed },
      { weight: 1, arbitrary: anyText },
      { weight: 1, arbitrary: nearLine.map((line) => `[Go: ${line}]`) },
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(""));

/** Sizes of chunks. */
export const anySizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 1,
  maxLength: 8,
});

/** With and without mending. */
export const anyLeniency: fc.Arbitrary<typeof lenient | undefined> = fc.constantFrom(lenient, undefined);

/** Every way of scanning. */
export const anyOptions: fc.Arbitrary<ScannerOptions> = fc.record(
  {
    lenient: anyLeniency,
    seal: fc.constant("k7"),
    maxLength: fc.constantFrom(64, 80, 4096),
  },
  { requiredKeys: [] },
);
