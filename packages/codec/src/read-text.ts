import {
  backslash,
  bar,
  closeBracket,
  doubleQuote,
  isPairAt,
  isSurrogate,
  openBracket,
  singleQuote,
  space,
  stringStops,
  textStops,
} from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { readEscape } from "./read-escape.ts";

/** Reads raw text up to a bar or the end of the line. [C5] */
export function readText(cursor: Cursor): string | undefined {
  const { line } = cursor;
  const start = cursor.index;
  // First, so that the first fault of the line is the one that is told. [C24]
  if (start < line.length && line.charCodeAt(start) === space) return failEdgeSpace(cursor, start);
  let text = "";
  let from = start;
  let index = start;
  for (; index < line.length; index += 1) {
    const unit = line.charCodeAt(index);
    if (unit < 0x80) {
      if (textStops[unit] === 0) continue;
      if (unit === bar) break;
      if (unit !== backslash) return failRawSign(cursor, index, unit);
      const meaning = readEscape(cursor, index);
      if (meaning === undefined) return undefined;
      text += line.slice(from, index) + meaning;
      from = cursor.index;
      index = from - 1;
    } else if (isSurrogate(unit)) {
      if (!isPairAt(line, index)) return failLoneSurrogate(cursor, index);
      index += 1;
    }
  }
  if (line.charCodeAt(index - 1) === space) return failEdgeSpace(cursor, index - 1);
  cursor.index = index;
  return from === start ? line.slice(start, index) : text + line.slice(from, index);
}

/** Reads a string in single or double quotes; the other quote is plain inside it. [C8] */
export function readQuoted(cursor: Cursor): string | undefined {
  const { line } = cursor;
  const quote = line.charCodeAt(cursor.index);
  let text = "";
  let from = cursor.index + 1;
  for (let index = from; index < line.length; index += 1) {
    const unit = line.charCodeAt(index);
    if (unit < 0x80) {
      if (stringStops[unit] === 0) continue;
      if (unit === quote) {
        cursor.index = index + 1;
        return text + line.slice(from, index);
      }
      if (unit === singleQuote || unit === doubleQuote) continue;
      if (unit !== backslash) return failRawSign(cursor, index, unit);
      const meaning = readEscape(cursor, index);
      if (meaning === undefined) return undefined;
      text += line.slice(from, index) + meaning;
      from = cursor.index;
      index = from - 1;
    } else if (isSurrogate(unit)) {
      if (!isPairAt(line, index)) return failLoneSurrogate(cursor, index);
      index += 1;
    }
  }
  const sign = String.fromCharCode(quote);
  return fail(cursor, {
    code: "unterminated",
    index: line.length,
    expected: [sign],
    hint: `Close the string with ${sign}.`,
  });
}

function failRawSign(cursor: Cursor, index: number, unit: number): undefined {
  if (unit === openBracket || unit === closeBracket) {
    const sign = String.fromCharCode(unit);
    return fail(cursor, { code: "raw_bracket", index, hint: `Inside text write \\${sign}.` });
  }
  return fail(cursor, { code: "raw_control", index, hint: "Write a line break as \\n, a tab as \\t." });
}

function failLoneSurrogate(cursor: Cursor, index: number): undefined {
  return fail(cursor, { code: "lone_surrogate", index, hint: "Write half a pair as \\u and four hex digits." });
}

function failEdgeSpace(cursor: Cursor, index: number): undefined {
  return fail(cursor, {
    code: "edge_space",
    index,
    hint: "Leave out the space at the edge of the field, or write it as \\s.",
  });
}
