/** Writes a finite number in its canonical form: the shortest that reads back as the same. [C11]
 *
 * `-0` stays; whole numbers beyond 2^53 - 1 get an exponent, because bare they would look exact. */
export function formatNumber(value: number): string {
  const share = value * 100;
  const known = shares[share | 0];
  if (known !== undefined && (share | 0) / 100 === value && value !== 0) return known;
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return value.toExponential();
  return value === 0 && Object.is(value, -0) ? "-0" : String(value);
}

// Shares in hundredths are what a unit mostly is, and to make text of a fraction takes long.
const shares: readonly string[] = Array.from({ length: 101 }, (_, hundredths) => String(hundredths / 100));
