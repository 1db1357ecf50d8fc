import { backslash, bar, closeBracket, doubleQuote, openBrace, openBracket, singleQuote, space } from "./characters.ts";
import { formatNumber } from "./format-number.ts";
import { mendEscapes } from "./mend-escape.ts";
import { mendPayload, mendString } from "./mend-payload.ts";
import { dropSpaces, edit } from "./mending.ts";
import type { Mending } from "./mending.ts";
import type { FieldKind } from "./message.ts";

const percent = /^(\d{1,3}(?:\.\d{1,15})?) ?%$/;

/** Mends the field that begins at the index, up to its bar or the end of the line. [C38]
 *
 * Returns false when the end of the field is not known, so nothing behind it can be mended. */
export function mendField(mending: Mending, kind: FieldKind | "extra"): boolean {
  const { line } = mending;
  dropSpaces(mending);
  const unit = line.charCodeAt(mending.index);
  const isStructure = unit === openBrace || unit === openBracket;
  if (isStructure && (kind === "any" || kind === "extra")) return mendPayload(mending, 1) && endsField(mending);
  if (unit === singleQuote || unit === doubleQuote) return mendString(mending) && endsField(mending);
  return mendText(mending, kind, isStructure);
}

function endsField(mending: Mending): boolean {
  dropSpaces(mending);
  return mending.index === mending.line.length || mending.line.charCodeAt(mending.index) === bar;
}

function mendText(mending: Mending, kind: FieldKind | "extra", isStructure: boolean): boolean {
  const { line, index: start } = mending;
  const escapes: number[] = [];
  const brackets: number[] = [];
  let depth = 0;
  let isBalanced = true;
  let index = start;
  for (; index < line.length; index += 1) {
    const unit = line.charCodeAt(index);
    if (unit === bar) break;
    if (unit === backslash) {
      escapes.push(index);
      index += 1;
    } else if (unit === openBracket || unit === closeBracket) {
      brackets.push(index);
      depth += unit === openBracket ? 1 : -1;
      if (depth < 0) isBalanced = false;
    }
  }
  index = Math.min(index, line.length);
  let end = index;
  while (end > start && line.charCodeAt(end - 1) === space) end -= 1;
  // Behind a backslash, a space is not at the edge.
  if (escapes.at(-1) === end - 1) end = index;
  const raw = line.slice(start, end);
  const share = kind === "unit" ? percent.exec(raw)?.[1] : undefined;
  if (share !== undefined) edit(mending, "percent", start, end, formatNumber(Number(`${share}e-2`)));
  // A brace first is a placeholder or an object; a bracket around all of the field may be one too.
  else if (!isStructure || (line.charCodeAt(start) === openBracket && !isOneBracket(raw))) {
    const { edits } = mending;
    const from = edits.length;
    mendEscapes(mending, escapes);
    if (mending.failure !== undefined) return false;
    if (isBalanced && depth === 0) {
      for (const at of brackets) edit(mending, "raw_bracket", at, at + 1, `\\${line.charAt(at)}`);
    }
    const own = edits.splice(from).toSorted((one, other) => one.start - other.start);
    edits.push(...own);
  }
  if (end < index) edit(mending, "spaces", end, index, "");
  mending.index = index;
  return true;
}

function isOneBracket(raw: string): boolean {
  let depth = 0;
  for (let index = 0; index < raw.length; index += 1) {
    const unit = raw.charCodeAt(index);
    if (unit === backslash) index += 1;
    else if (unit === openBracket) depth += 1;
    else if (unit === closeBracket) depth -= 1;
    if (depth === 0) return index === raw.length - 1;
  }
  return true;
}
