import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  doubleQuote,
  openBrace,
  openBracket,
  singleQuote,
  space,
  tab,
} from "./characters.ts";
import { limits } from "./limits.ts";
import { mendEscapes } from "./mend-escape.ts";
import { edit } from "./mending.ts";
import type { Mending } from "./mending.ts";
import { numberEnd } from "./read-number.ts";
import { nameEnd } from "./read-payload.ts";
import { isSameSmartQuote, isSmartQuote } from "./smart-quote.ts";

const word = /[\p{L}_$][\p{L}\p{M}\p{N}_$-]*/uy;
const pythonWords: ReadonlyMap<string, string> = new Map([
  ["None", "null"],
  ["True", "true"],
  ["False", "false"],
]);
const jsonWords = new Set(["true", "false", "null"]);
// Words that stand for something else than themselves somewhere: quoting them would be a guess.
const doubtful = new Set(["true", "false", "null", "none", "nil", "undefined", "nan", "infinity", "inf"]);

/** Mends the payload that begins at the index, and stops behind it. [C38]
 *
 * Returns false where it finds what it cannot mend; the strict reader then says what is wrong there. */
export function mendPayload(mending: Mending, depth: number): boolean {
  const { line } = mending;
  const unit = skipBlanks(mending);
  if (unit === openBrace || unit === openBracket) {
    if (depth > limits.depth) return false;
    mending.index += 1;
    return mendMembers(mending, depth, unit === openBrace);
  }
  if (isQuote(unit)) return mendString(mending);
  const end = numberEnd(line, mending.index);
  if (end > 0) {
    mending.index = end;
    return true;
  }
  return mendWord(mending);
}

function mendMembers(mending: Mending, depth: number, isObject: boolean): boolean {
  const { line } = mending;
  const closer = isObject ? closeBrace : closeBracket;
  let commaAt = -1;
  for (;;) {
    if (skipBlanks(mending) === closer) {
      if (commaAt >= 0) edit(mending, "trailing_comma", commaAt, commaAt + 1, "");
      mending.index += 1;
      return true;
    }
    if (isObject) {
      if (!mendKey(mending) || skipBlanks(mending) !== colon) return false;
      mending.index += 1;
    }
    if (!mendPayload(mending, depth + 1)) return false;
    const unit = skipBlanks(mending);
    commaAt = -1;
    if (unit === comma) {
      commaAt = mending.index;
      mending.index += 1;
    } else if (mending.index === line.length) return mendEnd(mending, isObject);
    else if (unit !== closer) return false;
  }
}

/** Closes at the end of the line what was left open; an array only when an object inside it was closed so too. */
function mendEnd(mending: Mending, isObject: boolean): boolean {
  const { edits, isBracketed, line } = mending;
  const last = edits.at(-1);
  const isBegun = last?.code === "missing_closer";
  if (!isBracketed || (!isObject && !isBegun)) return false;
  const sign = isObject ? "}" : "]";
  if (isBegun) edits.pop();
  edit(mending, "missing_closer", line.length, line.length, (isBegun ? last.to : "") + sign);
  return true;
}

function mendKey(mending: Mending): boolean {
  const { line, index } = mending;
  if (isQuote(line.charCodeAt(index))) return mendString(mending);
  const key = wordAt(line, index);
  if (key === "") return false;
  mending.index += key.length;
  if (nameEnd(line, index) !== mending.index) edit(mending, "bare_key", index, mending.index, `'${key}'`);
  return true;
}

function mendWord(mending: Mending): boolean {
  const { line, index } = mending;
  const found = wordAt(line, index);
  if (found === "") return false;
  const python = pythonWords.get(found);
  const isJson = jsonWords.has(found);
  if (python === undefined && !isJson && doubtful.has(found.toLowerCase())) return false;
  mending.index += found.length;
  const unit = skipBlanks(mending);
  if (unit !== comma && unit !== closeBrace && unit !== closeBracket && mending.index < line.length) return false;
  if (python !== undefined) edit(mending, "python_word", index, index + found.length, python);
  else if (!isJson) edit(mending, "bare_word", index, index + found.length, `'${found}'`);
  return true;
}

/** Mends a string in straight or smart quotes. Smart ones end at the next of their sort, and hold no straight ones. */
export function mendString(mending: Mending): boolean {
  const { line, index: start } = mending;
  const opening = line.charCodeAt(start);
  const isSmart = opening > 0x7f;
  const straight = isSmart ? (opening < 0x20_1c ? singleQuote : doubleQuote) : opening;
  const places: number[] = [];
  for (let index = start + 1; index < line.length; index += 1) {
    const unit = line.charCodeAt(index);
    if (unit < space) return false;
    if (unit === backslash) {
      places.push(index);
      index += 1;
    } else if (isSmart && unit === straight) return false;
    else if (isSmart ? isSameSmartQuote(unit, opening) : unit === opening) {
      const sign = String.fromCharCode(straight);
      if (isSmart) edit(mending, "smart_quote", start, start + 1, sign);
      mendEscapes(mending, places);
      if (isSmart) edit(mending, "smart_quote", index, index + 1, sign);
      mending.index = index + 1;
      return mending.failure === undefined;
    }
  }
  return false;
}

function isQuote(unit: number): boolean {
  return unit === singleQuote || unit === doubleQuote || isSmartQuote(unit);
}

function wordAt(line: string, index: number): string {
  word.lastIndex = index;
  return word.exec(line)?.[0] ?? "";
}

function skipBlanks(mending: Mending): number {
  let unit = mending.line.charCodeAt(mending.index);
  while (unit === space || unit === tab) unit = mending.line.charCodeAt((mending.index += 1));
  return unit;
}
