/** Writes plain JSON with the keys of every object in code-point order, so that equal values give equal text. [M5]
 *
 * Throws a TypeError on what JSON cannot hold (a cycle, a BigInt), a RangeError on absurd nesting. */
export function canonicalJson(value: unknown): string {
  // One pass of JSON settles `toJSON`, undefined and NaN; sorting then only sees plain values.
  const text = JSON.stringify(value);
  return text === undefined ? "null" : JSON.stringify(sorted(JSON.parse(text)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // fromEntries defines own properties: a key named __proto__ stays a key.
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
