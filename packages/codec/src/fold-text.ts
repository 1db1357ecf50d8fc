import { colon, doubleQuote, hash, isDigit, isLetter, isHighSurrogate, singleQuote, backslash } from "./characters.ts";
import { confusables } from "./confusables.ts";
import { limits } from "./limits.ts";

/** Set on a folded unit when white space stood before it. */
export const afterSpace = 0x1_00_00;

/** Masks the flag away. */
export const unitMask = 0xff_ff;

const marks = /\p{M}+/gu;
const unseen = /[\p{M}\p{C}\p{Default_Ignorable_Code_Point}]+/gu;

/** A text in its folded forms. */
export interface Folded {
  /** Each unit with a flag for white space before it. */
  readonly forms: readonly Uint32Array[];
  /** UTF-16 units after decomposition, white space included; of the longest form. */
  readonly units: number;
}

/** Folds text in every way that may show it as another, without doubles: one way, for most texts. [C44]
 *
 * As it stands and with its escapes read; and where capitals look like other letters than their small ones do, such as
 * Greek eta, by the looks of the letters as they stand and by those of the small ones. Gives `undefined`, early, when
 * it takes more than `mostUnits`: some signs decompose to eighteen. */
export function foldText(text: string, mostUnits: number): Folded | undefined {
  const forms: Uint32Array[] = [];
  let units = 0;
  for (const one of text.includes("\\") ? [text, readEscapes(text)] : [text]) {
    const plain = decompose(one, mostUnits);
    if (plain === undefined) return undefined;
    units = Math.max(units, plain.length);
    const seen = plain.replace(/[\t\n\v\f\r\u{85}]/gu, " ").replace(unseen, "");
    forms.push(foldPlain(withoutLookalikes(seen)));
    if (twofold.test(seen)) forms.push(foldPlain(seen));
  }
  return { forms, units };
}

// Greek beta, zeta, eta, mu, nu and upsilon.
const twofold = /[\u0392\u03b2\u0396\u03b6\u0397\u03b7\u039c\u03bc\u039d\u03bd\u03a5\u03c5]/;
const escape = /\\(?:u([0-9A-Fa-f]{4})|([^]))/g;

function readEscapes(text: string): string {
  return text.replace(escape, (_, hex: string | undefined, sign = "") =>
    hex === undefined ? ("bfnrst".includes(sign) ? " " : sign) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const sliceLength = 8192;

/** Makes compatibility forms plain, slice by slice: without marks, what stands around a sign makes no difference. */
function decompose(text: string, mostUnits: number): string | undefined {
  // Marks go first: reordering a long run of them is not linear.
  const bare = text.replace(marks, "");
  let plain = "";
  for (let from = 0, end = 0; from < bare.length; from = end) {
    end = Math.min(bare.length, from + sliceLength);
    if (isHighSurrogate(bare.charCodeAt(end - 1))) end += 1;
    plain += bare.slice(from, end).normalize("NFKD");
    if (plain.length > mostUnits) return undefined;
  }
  return plain;
}

/** Makes letters small and lookalikes what they look like; drops white space, backslashes, quotes and each `#cid`.
 *
 * Each unit has a flag for white space before it. */
function foldPlain(plain: string): Uint32Array {
  // By way of capitals, because some have several small letters. A small sigma differs at the end of a word.
  const lower = plain.toLowerCase().toUpperCase().toLowerCase().replace(marks, "").replaceAll("\u03c2", "\u03c3");
  const small = withoutLookalikes(lower);
  const folded = new Uint32Array(small.length);
  let size = 0;
  let flag = 0;
  for (let index = 0; index < small.length; index += 1) {
    const unit = small.charCodeAt(index);
    if (isBlank(unit)) {
      flag = afterSpace;
      continue;
    }
    if (isDropped(unit)) continue;
    if (unit === colon) size = cidStart(folded, size);
    folded[size] = unit | flag;
    size += 1;
    flag = 0;
  }
  return folded.slice(0, size);
}

function withoutLookalikes(text: string): string {
  let out = "";
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const plain = unit < 0x80 ? undefined : confusables.get(unit);
    if (plain === undefined) continue;
    out += text.slice(from, index) + String.fromCharCode(plain);
    from = index + 1;
  }
  return out + text.slice(from);
}

function isBlank(unit: number): boolean {
  // The other spaces are gone after normalisation; the last is a blank braille pattern.
  return unit === 0x20 || unit === 0x16_80 || unit === 0x20_28 || unit === 0x20_29 || unit === 0x28_00;
}

function isDropped(unit: number): boolean {
  return (
    unit === backslash ||
    unit === singleQuote ||
    unit === doubleQuote ||
    unit === 0x60 ||
    (unit >= 0x20_18 && unit <= 0x20_1f)
  );
}

/** Finds where `#cid` begins when two letters and it are the last units; else gives the size back. */
function cidStart(folded: Uint32Array, size: number): number {
  let index = size - 1;
  const low = Math.max(0, size - limits.cidLength - 1);
  while (index >= low && isAlphanumeric(folded[index])) index -= 1;
  const isCid = index >= 2 && index < size - 1 && unitAt(folded, index) === hash;
  return isCid && isLetter(unitAt(folded, index - 1)) && isLetter(unitAt(folded, index - 2)) ? index : size;
}

function unitAt(folded: Uint32Array, index: number): number {
  return (folded[index] ?? 0) & unitMask;
}

function isAlphanumeric(folded: number | undefined): boolean {
  const unit = (folded ?? 0) & unitMask;
  return isLetter(unit) || isDigit(unit);
}
