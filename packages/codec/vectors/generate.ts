// Writes the generated vectors: every code point of Latin-1 and some beyond, in every kind of place.
// `node packages/codec/vectors/generate.ts`. Each is judged twice: by the implementation and by the grammar's own
// recogniser. Where the two disagree nothing is written.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMessage } from "../test/grammar-recogniser.ts";
import { outcomeOf } from "./outcome.ts";
import { toJson } from "./vector.ts";
import type { Suite, Vector } from "./vector.ts";

const wide = [
  0x01_00, 0x03_00, 0x04_42, 0x20_0b, 0x20_19, 0x20_28, 0x20_29, 0x30_00, 0xd8_00, 0xdb_ff, 0xdc_00, 0xdf_ff, 0xfe_ff,
  0xff_1a, 0xff_5c, 0xff_ff, 0x1_00_00, 0x1_f6_00, 0x10_ff_ff,
];
const points = [...Array.from({ length: 0x1_00 }, (_, point) => point), ...wide];

interface Place {
  readonly name: string;
  readonly rule: string;
  readonly before: string;
  readonly after: string;
}

const places: readonly Place[] = [
  { name: "a letter of a code", rule: "C2", before: "t", after: ":x" },
  { name: "in a cid", rule: "C2", before: "tc#a", after: "b:x" },
  { name: "first of a text", rule: "C5", before: "tc:", after: "x" },
  { name: "inside a text", rule: "C5", before: "tc:x", after: "y" },
  { name: "last of a text", rule: "C5", before: "tc:x", after: "" },
  { name: "behind a backslash", rule: "C6", before: "tc:x\\", after: "y" },
  { name: "a digit of a hex escape", rule: "C6", before: "tc:\\u00", after: "1" },
  { name: "in single quotes", rule: "C8", before: "tc:'x", after: "y'" },
  { name: "in a string of a payload", rule: "C8", before: 'wf:p|["x', after: 'y"]' },
  { name: "first of a bare name", rule: "C8", before: "wf:p|{", after: "a:1}" },
  { name: "inside a bare name", rule: "C8", before: "wf:p|{a", after: "b:1}" },
  { name: "in a number", rule: "C11", before: "wf:p|[1", after: "2]" },
];

// What a message of the grammar can still be refused for, by C28.
const beyondGrammar = new Set([
  "too_long",
  "unknown_code",
  "duplicate_key",
  "unsafe_number",
  "too_deep",
  "wrong_kind",
  "out_of_range",
  "missing_field",
  "empty_field",
]);
// Every legal beginning of a line above becomes a message with one of these behind it.
const endings = ["", ":x", "c:x", "x", "'", '"', "0", "00", '"]', "]", "1]", "}", "1}", ":1}", "a:1}", '":1}', "':1}"];
const canGoOn = (text: string): boolean => endings.some((ending) => isMessage(text + ending));

/** Tells whether the grammar agrees: with the answer, and that the line goes wrong at the place that was told. */
function agrees(line: string, { error, canonical = "" }: Pick<Vector, "error" | "canonical">): boolean {
  if (error === undefined) return isMessage(line) && isMessage(canonical);
  if (beyondGrammar.has(error.code)) return isMessage(line);
  const signs = Array.from(line);
  const upTo = (count: number): string => signs.slice(0, count).join("");
  const { code, at = 0 } = error;
  if (isMessage(line) || !canGoOn(upTo(at))) return false;
  // An escape and a space are wrong for what comes behind them; a placeholder is wrong as a whole.
  if (code === "edge_space") return signs[at] === " ";
  if (code === "bad_escape") return signs[at] === "\\" && (at + 1 === signs.length || !canGoOn(upTo(at + 6)));
  if (code === "unfilled_placeholder") return signs[at] === "{";
  return !canGoOn(upTo(at + 1)) || at === signs.length;
}

const nameOf = (point: number): string => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;

function parseVector(place: Place, point: number): Vector {
  const input = place.before + String.fromCodePoint(point) + place.after;
  const name = `${nameOf(point)} ${place.name}`;
  const vector = { name, rule: place.rule, mode: "strict", direction: "command", input } as const;
  const outcome = outcomeOf("parse", vector);
  if (!agrees(input, outcome)) {
    throw new Error(`The grammar and the implementation disagree on ${toJson(input)}: ${toJson(outcome)}. Mend one.`);
  }
  return { ...vector, ...outcome };
}

function formatVector(point: number): Vector {
  const sign = String.fromCodePoint(point);
  const fields = { op: "memory_store", key: `${sign}x${sign}x${sign}`, value: [sign, { [`${sign}k`]: sign }] };
  const name = `${nameOf(point)} at the edges and inside`;
  const vector = { name, rule: "C10", mode: "strict", direction: "command", fields } as const;
  const outcome = outcomeOf("format", vector);
  const { canonical = "" } = outcome;
  const again = outcomeOf("parse", { ...vector, input: canonical });
  if (!isMessage(canonical) || toJson(again.fields) !== toJson(fields)) {
    throw new Error(`What is written of ${name} is not read back: ${toJson(canonical)}. Mend the writer.`);
  }
  return { ...vector, ...outcome };
}

/** Gives the text of every generated file, by its name. */
export function generate(): ReadonlyMap<string, string> {
  const parsed = places.flatMap((place) => points.map((point) => parseVector(place, point)));
  const files: readonly (readonly [Suite, readonly Vector[]])[] = [
    ["parse", parsed],
    ["format", points.map(formatVector)],
  ];
  return new Map(
    files.map(([suite, vectors]) => [
      `${suite}-code-points.jsonl`,
      vectors.map((vector) => `${toJson(vector)}\n`).join(""),
    ]),
  );
}

if (import.meta.main) {
  for (const [file, text] of generate()) writeFileSync(join(import.meta.dirname, file), text);
}
