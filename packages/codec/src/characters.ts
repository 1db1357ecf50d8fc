// Code units that readers and writers look for, and tables of the ASCII ones that they must stop at.

export const tab = 0x09;
export const space = 0x20;
export const doubleQuote = 0x22;
export const hash = 0x23;
export const singleQuote = 0x27;
export const plus = 0x2b;
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

/** 1 where raw text stops: controls, DEL and `[ ] | \`. */
export const textStops: Uint8Array = stopsAt("[]|\\");

/** 1 where a quoted string stops: controls, DEL, both quotes and the backslash. */
export const stringStops: Uint8Array = stopsAt("'\"\\");

/** 1 where a single-quoted string must be escaped: as above, but a double quote is plain. */
export const quotedStops: Uint8Array = stopsAt("'\\");

/** 1 where a bare key goes on: letters, digits, `_` and `$`. */
export const nameUnits: Uint8Array = Uint8Array.from({ length: 128 }, (_, unit) =>
  isLetter(unit) || isDigit(unit) || unit === 0x5f || unit === 0x24 ? 1 : 0,
);

function stopsAt(signs: string): Uint8Array {
  const table = new Uint8Array(128).fill(1, 0, space);
  table[0x7f] = 1;
  for (const sign of signs) table[sign.charCodeAt(0)] = 1;
  return table;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

export function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a && unit < 0x80;
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
