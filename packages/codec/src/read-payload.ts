import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  doubleQuote,
  isDigit,
  minus,
  nameUnits,
  openBrace,
  openBracket,
  singleQuote,
  space,
  tab,
} from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { limits } from "./limits.ts";
import { numberEnd, readPlainNumber, toNumber } from "./read-number.ts";
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
  if (isDigit(unit) || unit === minus) {
    const value = readPlainNumber(cursor);
    if (!Number.isNaN(value)) return value;
    const end = numberEnd(line, index);
    if (end > 0) {
      cursor.index = end;
      return toNumber(cursor, line.slice(index, end), index);
    }
  } else {
    const word = unit === 0x74 ? "true" : unit === 0x66 ? "false" : "null";
    if (line.startsWith(word, index)) {
      cursor.index = index + word.length;
      return word === "null" ? null : word === "true";
    }
  }
  return failPayload(cursor, ["a value"], "Quote text inside a payload: 'like this'.");
}

function readObject(cursor: Cursor, depth: number): Value | undefined {
  const { line } = cursor;
  const object: Record<string, Value> = {};
  cursor.index += 1;
  if (nextUnit(cursor) === closeBrace) {
    cursor.index += 1;
    return object;
  }
  for (let isFirst = true; ; isFirst = false) {
    const keyAt = cursor.index;
    const key = readKey(cursor);
    if (key === undefined) return undefined;
    if (!isFirst && Object.hasOwn(object, key)) {
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
  if (unit === singleQuote || unit === doubleQuote) {
    const end = nameEnd(line, index + 1);
    if (end === index + 1 || end >= line.length || line.charCodeAt(end) !== unit) return readQuoted(cursor);
    cursor.index = end + 1;
    return keyBetween(line, index + 1, end);
  }
  const end = nameEnd(line, index);
  if (end === index) return failPayload(cursor, ["a key"], "Quote a key that is not a plain name.");
  cursor.index = end;
  return keyBetween(line, index, end);
}

// Keys come again and again. A key that is remembered needs no new string, and the engine knows it by its address.
const recentKeys: string[] = Array.from({ length: 256 }, () => "");
// A longer one could keep the whole line in memory.
const longestRecentKey = 12;

function keyBetween(line: string, start: number, end: number): string {
  const length = end - start;
  if (length > longestRecentKey) return line.slice(start, end);
  const slot = (line.charCodeAt(start) * 31 + line.charCodeAt(end - 1) * 7 + length) & 255;
  const recent = recentKeys[slot] ?? "";
  if (recent.length === length && line.startsWith(recent, start)) return recent;
  const key = line.slice(start, end);
  recentKeys[slot] = key;
  return key;
}

/** Finds the end of the bare name that starts at `start`; equal to `start` when none does. */
export function nameEnd(text: string, start: number): number {
  let index = start;
  for (; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80 || nameUnits[unit] === 0 || (index === start && isDigit(unit))) break;
  }
  return index;
}

/** Goes over spaces and tabs; gives the unit there, or -1 at the end of the line. */
function nextUnit(cursor: Cursor): number {
  const { line } = cursor;
  for (; cursor.index < line.length; cursor.index += 1) {
    const unit = line.charCodeAt(cursor.index);
    if (unit !== space && unit !== tab) return unit;
  }
  return -1;
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
