import { doubleQuote, isLetter, openBrace, openBracket, singleQuote, space } from "./characters.ts";
import { findCode } from "./codebook.ts";
import type { Codes } from "./codebook.ts";
import { mendField } from "./mend-field.ts";
import { edit } from "./mending.ts";
import type { Doubt, Mending } from "./mending.ts";
import type { FieldKind } from "./message.ts";
import { nearCode } from "./near-code.ts";

const head = /^([A-Za-z]{2})(?:#[A-Za-z0-9]{1,16})?:/;
const otherHead = /^([A-Za-z][\w-]{0,40})(?:#[A-Za-z0-9]*)?[ \t]*:/;

/** What stands on a line: its fields, those of its template, and the bars that may divide text.
 *
 * `touched` are the places of those with a space at a side, `spaced` with one at both. */
export interface Shape {
  readonly fields: number;
  readonly known: number;
  readonly bars: number;
  readonly touched: readonly number[];
  readonly spaced: readonly number[];
}

/** Mends a line field by field. [C38]
 *
 * Gives its shape, or `undefined` when it did not get to the end. Sets the failure where two meanings are possible. */
export function mendLine(mending: Mending, codes: Codes): Shape | undefined {
  const { line } = mending;
  const [found = "", code = ""] = head.exec(line) ?? [];
  const signature = findCode(codes, code);
  if (signature === undefined) {
    mending.failure = failCode(line, codes);
    return undefined;
  }
  if (signature.code !== code) edit(mending, "code_case", 0, 2, signature.code);
  mending.index = found.length;
  const touched: number[] = [];
  const spaced: number[] = [];
  let bars = 0;
  let fields = 0;
  for (let count = 0; ; count += 1) {
    const start = mending.index;
    const kind = signature.fields[count]?.kind ?? "extra";
    if (!mendField(mending, kind)) return undefined;
    const { index } = mending;
    if (line.slice(start, index).trim() !== "") fields = count + 1;
    if (index === line.length) return { fields, known: signature.fields.length, bars, touched, spaced };
    mending.index += 1;
    // A bar behind a quoted field or a payload is no part of a text.
    if (isDelimited(line, start, kind)) continue;
    bars += 1;
    const sides = Number(line.charCodeAt(index - 1) === space) + Number(line.charCodeAt(index + 1) === space);
    if (sides > 0) touched.push(index);
    if (sides > 1) spaced.push(index);
  }
}

function isDelimited(line: string, start: number, kind: FieldKind | "extra"): boolean {
  let index = start;
  while (line.charCodeAt(index) === space) index += 1;
  const unit = line.charCodeAt(index);
  if (unit === openBrace || unit === openBracket) return kind === "any" || kind === "extra";
  return unit === singleQuote || unit === doubleQuote;
}

function failCode(line: string, codes: Codes): Doubt | undefined {
  const word = otherHead.exec(line)?.[1];
  if (word === undefined || !isLetter(line.charCodeAt(0))) return undefined;
  const near = nearCode(codes, word);
  if (near === undefined && word.length !== 2) return undefined;
  const known = Array.from(codes.byOp.values(), ({ code }) => code);
  const meant = near === undefined ? `Use one of ${known.join(", ")}.` : `Did you mean ${near}?`;
  return {
    code: "unknown_code",
    index: 0,
    expected: near === undefined ? known : [near],
    found: word,
    hint: `No ${codes.direction} has the code ${word}. ${meant}`,
  };
}
