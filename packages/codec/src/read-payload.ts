import {
  classEnd,
  closeBrace,
  closeBracket,
  colon,
  comma,
  inName,
  isDigit,
  isQuote,
  minus,
  openBrace,
  openBracket,
  space,
  tab,
} from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { limits } from "./limits.ts";
import { numberEnd, readPlainNumber, toNumber } from "./read-number.ts";
import { readQuoted } from "./read-string.ts";
import type { Value } from "./value.ts";

/** Reads one value of a payload: JSON in one line, where keys may be bare and quotes single. [C8] */
export function readPayload(cursor: Cursor, depth: number): Value | undefined {
  const { line, index } = cursor;
  const unit = line.charCodeAt(index);
  if (isQuote(unit)) return readQuoted(cursor);
  if (unit === openBrace || unit === openBracket) {
    if (depth > limits.depth) return fail(cursor, "too_deep", index);
    return readStructure(cursor, depth, unit === openBrace);
  }
  if (isDigit(unit) || unit === minus) {
    const value = readPlainNumber(cursor);
    if (!Number.isNaN(value)) return value;
    const end = numberEnd(line, index);
    if (end > 0) {
      cursor.index = end;
      return toNumber(cursor, line.slice(index, end), index);
    }
  }
  const word = unit === 0x74 ? "true" : unit === 0x66 ? "false" : "null";
  if (!line.startsWith(word, index)) return failPayload(cursor, "a value");
  cursor.index = index + word.length;
  return word === "null" ? null : word === "true";
}

/** Reads an object or an array, from the bracket on. */
function readStructure(cursor: Cursor, depth: number, isObject: boolean): Value | undefined {
  const object: Record<string, Value> = {};
  const array: Value[] = [];
  const closer = isObject ? closeBrace : closeBracket;
  let unit = step(cursor);
  while (unit !== closer) {
    const keyAt = cursor.index;
    const key = isObject ? readKey(cursor) : "";
    if (key === undefined) return undefined;
    if (isObject) {
      if (Object.hasOwn(object, key)) return fail(cursor, "duplicate_key", keyAt, key);
      if (skipBlanks(cursor) !== colon) return failPayload(cursor, ":");
      step(cursor);
    }
    const value = readPayload(cursor, depth + 1);
    if (value === undefined) return undefined;
    if (!isObject) array.push(value);
    // Plain assignment to this key would set the prototype.
    else if (key === "__proto__") Object.defineProperty(object, key, { ...own, value });
    else object[key] = value;
    unit = skipBlanks(cursor);
    // The unit stays a comma, so that a closer right behind it ends nothing.
    if (unit === comma) step(cursor);
    else if (unit !== closer) return failPayload(cursor, isObject ? ",}" : ",]");
  }
  cursor.index += 1;
  return isObject ? object : array;
}

const own = { writable: true, enumerable: true, configurable: true };

function readKey(cursor: Cursor): string | undefined {
  const { line, index } = cursor;
  const unit = line.charCodeAt(index);
  const start = isQuote(unit) ? index + 1 : index;
  const end = nameEnd(line, start);
  const isBare = start === index;
  if (end > start && (isBare || line.charCodeAt(end) === unit)) {
    cursor.index = isBare ? end : end + 1;
    return keyBetween(line, start, end);
  }
  return isBare ? failPayload(cursor, "a key") : readQuoted(cursor);
}

// Keys come again and again. A key that is remembered needs no new string, and the engine knows it by its address.
const recentKeys: string[] = Array.from({ length: 256 }, () => "");
// A longer one could keep the whole line in memory.
const longestRecentKey = 12;

function keyBetween(line: string, start: number, end: number): string {
  const length = end - start;
  const slot = (line.charCodeAt(start) * 31 + line.charCodeAt(end - 1) * 7 + length) & 255;
  const recent = recentKeys[slot] ?? "";
  if (recent.length === length && line.startsWith(recent, start)) return recent;
  const key = line.slice(start, end);
  if (length <= longestRecentKey) recentKeys[slot] = key;
  return key;
}

/** Finds the end of the bare name that starts at `start`; equal to `start` when none does. */
export function nameEnd(text: string, start: number): number {
  return isDigit(text.charCodeAt(start)) ? start : classEnd(text, start, inName);
}

/** Goes one on, and over spaces and tabs; gives the unit there. */
function step(cursor: Cursor): number {
  cursor.index += 1;
  return skipBlanks(cursor);
}

/** Goes over spaces and tabs; gives the unit there, or -1 at the end of the line. */
function skipBlanks(cursor: Cursor): number {
  const { line } = cursor;
  for (; cursor.index < line.length; cursor.index += 1) {
    const unit = line.charCodeAt(cursor.index);
    if (unit !== space && unit !== tab) return unit;
  }
  return -1;
}

function failPayload(cursor: Cursor, expected: string): undefined {
  const { line, index } = cursor;
  return fail(cursor, index < line.length ? "bad_payload" : "unterminated", index, expected);
}
