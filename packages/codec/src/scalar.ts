import { formatNumber } from "./format-number.ts";
import { numberEnd } from "./read-number.ts";

/** Tells whether raw text in an `any` field would read as a number, a boolean or null. [C14] */
export function isScalar(text: string): boolean {
  return isWord(text) || (text !== "" && numberEnd(text, 0) === text.length);
}

/** Tells the same of a field beyond the template, where only a number in its canonical form is one. [C18]
 *
 * The kind is unknown there: a canonical writer sends `1.10` only as text, so it must not become 1.1. */
export function isKeptScalar(text: string): boolean {
  if (isWord(text)) return true;
  if (text === "" || numberEnd(text, 0) !== text.length) return false;
  const value = Number(text);
  return Number.isFinite(value) && formatNumber(value) === text;
}

function isWord(text: string): boolean {
  return text === "true" || text === "false" || text === "null";
}
