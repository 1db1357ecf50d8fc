import { bar, classEnd, inText, isDigit, isQuote, minus, openBrace, openBracket, space } from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { formatNumber } from "./format-number.ts";
import { isLevelWord } from "./level.ts";
import type { FieldKind } from "./message.ts";
import { readPlainNumber, toNumber } from "./read-number.ts";
import { readPayload } from "./read-payload.ts";
import { readText } from "./read-string.ts";
import { isScalar } from "./scalar.ts";
import type { Value } from "./value.ts";

/** Reads one field up to the bar or the end; `undefined` is an absent field, or a failure of the cursor. [C13]
 *
 * `extra` is a field beyond the template, whose kind is unknown. */
export function readField(cursor: Cursor, kind: FieldKind | "extra"): Value | undefined {
  const { line, index } = cursor;
  if (index >= line.length) return undefined;
  const unit = line.charCodeAt(index);
  if (unit === bar) return undefined;
  // Nearly every field is text that begins behind the digits, with no escape in it.
  if (unit > 0x39 && unit !== openBrace) {
    const end = classEnd(line, index, inText);
    if ((end >= line.length || line.charCodeAt(end) === bar) && line.charCodeAt(end - 1) !== space) {
      cursor.index = end;
      const text = line.slice(index, end);
      return kind === "text" ? text : toKind(cursor, index, kind, text, true);
    }
  }
  return readAnyField(cursor, kind, unit);
}

/** Reads a field whatever it is. */
function readAnyField(cursor: Cursor, kind: FieldKind | "extra", unit: number): Value | undefined {
  const { index } = cursor;
  const isStructure = unit === openBrace || unit === openBracket;
  if (isStructure || isQuote(unit)) {
    const value = readPayload(cursor, 1);
    if (value === undefined) return isStructure ? failPlaceholder(cursor, index) : undefined;
    if (!isEnd(cursor)) return fail(cursor, "text_after_value", cursor.index);
    const isFit = isOpen(kind) || (!isStructure && (kind === "text" || (kind === "level" && isLevelWord(value))));
    return isFit ? value : fail(cursor, "wrong_kind", index);
  }
  if (kind !== "text" && kind !== "extra" && (isDigit(unit) || unit === minus)) {
    // Nearly every number is plain, and alone in its field.
    const value = readPlainNumber(cursor);
    const isFit = kind === "unit" ? value >= 0 && value <= 1 : !Number.isNaN(value);
    if (isFit && isEnd(cursor)) return value;
    cursor.index = index;
  }
  const text = readText(cursor);
  // An escape is longer than what it means: equal lengths mean that none was used.
  return text === undefined || kind === "text"
    ? text
    : toKind(cursor, index, kind, text, text.length === cursor.index - index);
}

function toKind(
  cursor: Cursor,
  at: number,
  kind: Exclude<FieldKind | "extra", "text">,
  text: string,
  isBare: boolean,
): Value | undefined {
  if (kind === "level" && isLevelWord(text)) return text;
  const scalar = isBare && isScalar(text) ? (JSON.parse(text) as number | boolean | null) : text;
  if (typeof scalar === "number" && kind !== "extra") {
    const value = toNumber(cursor, text, at);
    const isOut = kind === "unit" && value !== undefined && (value < 0 || value > 1);
    return isOut ? fail(cursor, "out_of_range", at) : value;
  }
  // Beyond the template only a canonical number is one: such a writer sends `1.10` only as text.
  if (kind === "extra" && typeof scalar === "number" && formatNumber(scalar) !== text) return text;
  return isOpen(kind) ? scalar : fail(cursor, "wrong_kind", at);
}

function isOpen(kind: FieldKind | "extra"): boolean {
  return kind === "any" || kind === "extra";
}

function isEnd({ line, index }: Cursor): boolean {
  return index >= line.length || line.charCodeAt(index) === bar;
}

// `{title}`, or `{complexity:level}`: a template that was sent instead of a message.
const placeholder = /\{[A-Za-z_$][\w$]*(?::(?:text|unit|level|number|any))?!?\}/y;

function failPlaceholder(cursor: Cursor, start: number): undefined {
  placeholder.lastIndex = start;
  const name = placeholder.exec(cursor.line)?.[0];
  if (name === undefined || (cursor.failure?.index ?? 0) >= start + name.length) return undefined;
  return fail(cursor, "unfilled_placeholder", start, name);
}
