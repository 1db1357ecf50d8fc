import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  doubleQuote,
  isDigit,
  isLetter,
  openBrace,
  openBracket,
  singleQuote,
  space,
  tab,
} from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { limits } from "./limits.ts";
import { numberEnd, toNumber } from "./read-number.ts";
import { readQuoted } from "./read-text.ts";
import type { Value } from "./value.ts";

/** Reads one value of a payload: JSON in one line, where keys may be bare and quotes single. [C8] */
export function readPayload(cursor: Cursor, depth: number): Value | undefined {
  const { line, index } = cursor;
  const unit = line.charCodeAt(index);
  if (unit === singleQuote || unit === doubleQuote) return readQuoted(cursor);
  if (unit === openBrace || unit === openBracket) {
    if (depth <= limits.depth) return unit === openBrace ? readObject(cursor, depth) : readArray(cursor, depth);
    return fail(cursor, { code: "too_deep", index, hint: `Nest at most ${limits.depth} objects and arrays.` });
  }
  const end = numberEnd(line, index);
  if (end > 0) {
    cursor.index = end;
    return toNumber(cursor, line.slice(index, end), index);
  }
  for (const [word, value] of words) {
    if (line.startsWith(word, index)) {
      cursor.index = index + word.length;
      return value;
    }
  }
  return failPayload(cursor, ["a value"], "Quote text inside a payload: 'like this'.");
}

const words: readonly (readonly [string, boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function readObject(cursor: Cursor, depth: number): Value | undefined {
  const { line } = cursor;
  const object: Record<string, Value> = {};
  cursor.index += 1;
  if (nextUnit(cursor) === closeBrace) {
    cursor.index += 1;
    return object;
  }
  for (;;) {
    const keyAt = cursor.index;
    const key = readKey(cursor);
    if (key === undefined) return undefined;
    if (Object.hasOwn(object, key)) {
      return fail(cursor, { code: "duplicate_key", index: keyAt, found: key, hint: "Write each key once." });
    }
    if (nextUnit(cursor) !== colon) return failPayload(cursor, [":"], "Write key:value.");
    cursor.index += 1;
    nextUnit(cursor);
    const value = readPayload(cursor, depth + 1);
    if (value === undefined) return undefined;
    // Plain assignment to this key would set the prototype.
    if (key === "__proto__") {
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    } else {
      object[key] = value;
    }
    const unit = nextUnit(cursor);
    if (unit === closeBrace) {
      cursor.index += 1;
      return object;
    }
    if (unit !== comma) return failPayload(cursor, [",", "}"], quoteHint(line, cursor.index));
    cursor.index += 1;
    nextUnit(cursor);
  }
}

function readArray(cursor: Cursor, depth: number): Value | undefined {
  const { line } = cursor;
  const array: Value[] = [];
  cursor.index += 1;
  if (nextUnit(cursor) === closeBracket) {
    cursor.index += 1;
    return array;
  }
  for (;;) {
    const value = readPayload(cursor, depth + 1);
    if (value === undefined) return undefined;
    array.push(value);
    const unit = nextUnit(cursor);
    if (unit === closeBracket) {
      cursor.index += 1;
      return array;
    }
    if (unit !== comma) return failPayload(cursor, [",", "]"], quoteHint(line, cursor.index));
    cursor.index += 1;
    nextUnit(cursor);
  }
}

function readKey(cursor: Cursor): string | undefined {
  const { line, index } = cursor;
  const unit = line.charCodeAt(index);
  if (unit === singleQuote || unit === doubleQuote) return readQuoted(cursor);
  const end = nameEnd(line, index);
  if (end === index) return failPayload(cursor, ["a key"], "Quote a key that is not a plain name.");
  cursor.index = end;
  return line.slice(index, end);
}

/** Finds the end of the bare name that starts at `start`; equal to `start` when none does. */
export function nameEnd(text: string, start: number): number {
  let index = start;
  while (isNameUnit(text.charCodeAt(index)) && (index > start || !isDigit(text.charCodeAt(index)))) index += 1;
  return index;
}

function isNameUnit(unit: number): boolean {
  return isLetter(unit) || isDigit(unit) || unit === 0x5f || unit === 0x24;
}

function nextUnit(cursor: Cursor): number {
  let unit = cursor.line.charCodeAt(cursor.index);
  while (unit === space || unit === tab) unit = cursor.line.charCodeAt((cursor.index += 1));
  return unit;
}

function failPayload(cursor: Cursor, expected: readonly string[], hint: string): undefined {
  const { line, index } = cursor;
  return fail(cursor, { code: index < line.length ? "bad_payload" : "unterminated", index, expected, hint });
}

function quoteHint(line: string, index: number): string {
  const before = line.charCodeAt(index - 1);
  return before === singleQuote || before === doubleQuote
    ? "Inside quotes write the same quote with a backslash, or use the other quotes."
    : "Separate with commas and close what was opened.";
}
