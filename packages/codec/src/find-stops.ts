import { isDigit, isSurrogate, space, stringStops, textStops } from "./characters.ts";
import { isSmartQuote } from "./smart-quote.ts";

/** Tells whether a text has no space at its edges. */
export function isTight(raw: string): boolean {
  return raw.charCodeAt(0) !== space && raw.charCodeAt(raw.length - 1) !== space;
}

/** Finds the first sign that a reader must look at. */
export function plainEnd(chunk: string, start: number, end: number): number {
  for (let index = start; index < end; index += 1) {
    const unit = chunk.charCodeAt(index);
    if (unit < 0x80 ? textStops[unit] === 1 : isSurrogate(unit)) return index;
  }
  return end;
}

/** Finds the first sign that may end a string, whatever its quotes. */
export function stringEnd(chunk: string, start: number, end: number): number {
  for (let index = start; index < end; index += 1) {
    const unit = chunk.charCodeAt(index);
    if (unit < 0x80 ? stringStops[unit] === 1 : isSmartQuote(unit)) return index;
  }
  return end;
}

/** Tells whether a unit is a hexadecimal digit. */
export function isHexDigit(unit: number): boolean {
  const lower = unit | 0x20;
  return isDigit(unit) || (lower >= 0x61 && lower <= 0x66);
}
