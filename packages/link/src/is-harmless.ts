// What could poison objects that are made of a peer's names.
const poison = /^(__proto__|constructor|prototype)$/;

/** Tells whether a parsed value has none of the names `__proto__`, `constructor` and `prototype`, at any depth, and nests
 * at most `maxDepth` deep. [LK5] */
export function isHarmless(value: unknown, maxDepth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (maxDepth === 0) return false;
  return Object.entries(value).every(([name, inner]) => !poison.test(name) && isHarmless(inner, maxDepth - 1));
}
