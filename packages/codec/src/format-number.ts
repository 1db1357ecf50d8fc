/** Writes a finite number in its canonical form: the shortest that reads back as the same. [C11]
 *
 * `-0` stays; whole numbers beyond 2^53 - 1 get an exponent, because bare they would look exact. */
export function formatNumber(value: number): string {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return value.toExponential();
  return Object.is(value, -0) ? "-0" : String(value);
}
