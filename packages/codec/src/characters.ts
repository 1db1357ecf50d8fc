// Code units that readers and writers look for, and what each ASCII one is to them.

export const tab = 0x09;
export const lineFeed = 0x0a;
export const space = 0x20;
export const doubleQuote = 0x22;
export const hash = 0x23;
export const singleQuote = 0x27;
export const comma = 0x2c;
export const minus = 0x2d;
export const dot = 0x2e;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const bar = 0x7c;
export const closeBrace = 0x7d;

/** Classes of an ASCII unit, as bits. Raw text holds all but controls, DEL and `[ ] | \`. */
export const inText = 1;
/** A quoted string holds all but controls, DEL, both quotes and the backslash. */
export const inString = 2;
/** A single-quoted string is written without escapes if it holds the same, and double quotes. */
export const inQuoted = 4;
/** A bare key holds letters, digits, `_` and `$`. */
export const inName = 8;
/** A correlation id holds letters and digits. */
export const inCid = 16;

// In the order of the bits.
const forms = [/[^[\]|\\]/, /[^'"\\]/, /[^'\\]/, /[\w$]/, /[^\W_]/];

/** The classes of every ASCII unit. */
export const classes: Uint8Array = Uint8Array.from({ length: 128 }, (_, unit) => {
  const isPrinted = unit >= space && unit < 0x7f;
  const sign = String.fromCharCode(unit);
  return forms.reduce((sum, form, bit) => (isPrinted && form.test(sign) ? sum | (1 << bit) : sum), 0);
});

/** Finds the first unit from `start` that is not of the class, or the end. */
export function classEnd(text: string, start: number, wanted: number): number {
  let index = start;
  for (; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80 || ((classes[unit] as number) & wanted) === 0) break;
  }
  return index;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

export function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a && unit < 0x80;
}

export function isQuote(unit: number): boolean {
  return unit === singleQuote || unit === doubleQuote;
}

export function isSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdf_ff;
}

/** Tells whether a unit is the first half of a pair. */
export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff;
}

/** Tells whether the two units at `index` are one code point beyond U+FFFF. */
export function isPairAt(text: string, index: number): boolean {
  const low = text.charCodeAt(index + 1);
  return text.charCodeAt(index) <= 0xdb_ff && low >= 0xdc_00 && low <= 0xdf_ff;
}

/** Counts the code points of a text, up to an index. */
export function countPoints(text: string, end: number = text.length): number {
  let count = 0;
  for (const _ of text.slice(0, end)) count += 1;
  return count;
}
