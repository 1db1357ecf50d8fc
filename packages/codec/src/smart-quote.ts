/** Tells whether a unit is one of the four typographic quotes: ‘ ’ “ ”. */
export function isSmartQuote(unit: number): boolean {
  return unit === 0x20_18 || unit === 0x20_19 || unit === 0x20_1c || unit === 0x20_1d;
}

/** Tells whether two of them are of one sort: both single or both double. */
export function isSameSmartQuote(one: number, other: number): boolean {
  return (one | 1) === (other | 1);
}
