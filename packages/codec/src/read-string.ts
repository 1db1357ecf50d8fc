import { backslash, bar, classEnd, inString, inText, isPairAt, isQuote, isSurrogate, space } from "./characters.ts";
import { fail } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { readEscape } from "./read-escape.ts";

/** Reads raw text up to a bar or the end of the line. [C5] */
export function readText(cursor: Cursor): string | undefined {
  const { line, index } = cursor;
  // First, so that the first fault of the line is the one that is told. [C24]
  if (line.charCodeAt(index) === space) return fail(cursor, "edge_space", index);
  const text = readUntil(cursor, index, bar, inText);
  const last = cursor.index - 1;
  return text !== undefined && line.charCodeAt(last) === space ? fail(cursor, "edge_space", last) : text;
}

/** Reads a string in single or double quotes; the other quote is plain inside it. [C8] */
export function readQuoted(cursor: Cursor): string | undefined {
  const { line, index } = cursor;
  const quote = line.charCodeAt(index);
  // Nearly always there is nothing that needs a second look.
  const end = classEnd(line, index + 1, inString);
  if (end < line.length && line.charCodeAt(end) === quote) {
    cursor.index = end + 1;
    return line.slice(index + 1, end);
  }
  const text = readUntil(cursor, index + 1, quote, inString);
  if (text !== undefined && cursor.index >= line.length) {
    return fail(cursor, "unterminated", cursor.index, String.fromCharCode(quote));
  }
  cursor.index += 1;
  return text;
}

/** Reads from `start` to the unit `end`, or the end of the line, and leaves the cursor there. */
function readUntil(cursor: Cursor, start: number, end: number, plain: number): string | undefined {
  const { line } = cursor;
  let text = "";
  let from = start;
  let index = start;
  for (; ; index += 1) {
    index = classEnd(line, index, plain);
    if (index >= line.length) break;
    const unit = line.charCodeAt(index);
    if (unit < 0x80) {
      if (unit === end) break;
      if (unit === backslash) {
        const meaning = readEscape(cursor, index);
        if (meaning === undefined) return undefined;
        text += line.slice(from, index) + meaning;
        from = cursor.index;
        index = from - 1;
      } else if (!isQuote(unit)) {
        return fail(cursor, unit > space && unit < 0x7f ? "raw_bracket" : "raw_control", index);
      }
    } else if (isSurrogate(unit)) {
      if (!isPairAt(line, index)) return fail(cursor, "lone_surrogate", index);
      index += 1;
    }
  }
  cursor.index = index;
  return text + line.slice(from, index);
}
