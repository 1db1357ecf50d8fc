import { bar, doubleQuote, openBrace, openBracket, singleQuote } from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { isLevelWord } from "./level.ts";
import type { FieldKind } from "./message.ts";
import { nearWord } from "./near-word.ts";
import { numberEnd, toNumber } from "./read-number.ts";
import { readPayload } from "./read-payload.ts";
import { readText } from "./read-text.ts";
import { isKeptScalar } from "./scalar.ts";
import type { Value } from "./value.ts";

// `{title}`, or `{complexity:level}`: a template that was sent instead of a message.
const placeholder = /\{[A-Za-z_$][\w$]*(?::(?:text|unit|level|number|any))?!?\}/y;

/** Reads one field up to the bar or the end; `undefined` is an absent field, or a failure of the cursor. [C13]
 *
 * `extra` is a field beyond the template, whose kind is unknown. */
export function readField(cursor: Cursor, kind: FieldKind | "extra"): Value | undefined {
  const { line, index } = cursor;
  if (index >= line.length) return undefined;
  const unit = line.charCodeAt(index);
  if (unit === bar) return undefined;
  if (unit === openBrace || unit === openBracket) {
    const value = readPayload(cursor, 1);
    if (value === undefined) return failPlaceholder(cursor, index);
    if (!endsHere(cursor)) return undefined;
    return kind === "any" || kind === "extra"
      ? value
      : failKind(cursor, index, kind, unit === openBrace ? "object" : "array");
  }
  if (unit === singleQuote || unit === doubleQuote) {
    const value = readPayload(cursor, 1);
    if (value === undefined || !endsHere(cursor)) return undefined;
    const isFit = kind === "text" || kind === "any" || kind === "extra" || (kind === "level" && isLevelWord(value));
    return isFit ? value : failKind(cursor, index, kind, "quoted text");
  }
  if (kind === "text") return readText(cursor);
  const text = readText(cursor);
  if (text === undefined) return text;
  // An escape is longer than what it means: equal lengths mean that none was used.
  return toKind(cursor, index, kind, text, text.length === cursor.index - index);
}

function toKind(
  cursor: Cursor,
  at: number,
  kind: Exclude<FieldKind | "extra", "text">,
  text: string,
  isBare: boolean,
): Value | undefined {
  if (kind === "extra") return isBare && isKeptScalar(text) ? (JSON.parse(text) as Value) : text;
  if (isBare && numberEnd(text, 0) === text.length) {
    const value = toNumber(cursor, text, at);
    if (kind !== "unit" || value === undefined || (value >= 0 && value <= 1)) return value;
    return fail(cursor, {
      code: "out_of_range",
      index: at,
      expected: ["a number from 0 to 1"],
      found: text,
      hint: "Write a share, as in 0.85 for 85 %.",
    });
  }
  if (kind === "any") {
    if (!isBare) return text;
    return text === "true" ? true : text === "false" ? false : text === "null" ? null : text;
  }
  if (kind === "level" && isLevelWord(text)) return text;
  const meant = kind === "level" ? nearWord(["low", "medium", "high"], text) : undefined;
  return failKind(cursor, at, kind, "text", meant);
}

function endsHere(cursor: Cursor): boolean {
  const { line, index } = cursor;
  if (index >= line.length || line.charCodeAt(index) === bar) return true;
  const hint = "End the field after the closing sign, or write the first sign with a backslash to make all of it text.";
  fail(cursor, { code: "text_after_value", index, expected: ["|", "end of line"], hint });
  return false;
}

const expectations: Readonly<Record<FieldKind, readonly string[]>> = {
  text: ["text"],
  unit: ["a number from 0 to 1"],
  level: ["low", "medium", "high", "a number"],
  number: ["a number"],
  any: ["a value"],
};

function failKind(cursor: Cursor, index: number, kind: FieldKind, found: string, meant?: string): undefined {
  const hint =
    meant !== undefined
      ? `Did you mean ${meant}?`
      : kind === "text"
        ? "Write a brace at the start of text as \\{, a bracket as \\[."
        : "Fields go by position; write a bar inside text as \\|.";
  return fail(cursor, { code: "wrong_kind", index, expected: expectations[kind], found, hint });
}

function failPlaceholder(cursor: Cursor, start: number): undefined {
  placeholder.lastIndex = start;
  const name = placeholder.exec(cursor.line)?.[0];
  if (name === undefined || (cursor.failure?.index ?? 0) >= start + name.length) return undefined;
  return fail(cursor, {
    code: "unfilled_placeholder",
    index: start,
    found: name,
    expected: ["a value"],
    hint: `Write the value in place of ${name}.`,
  });
}
