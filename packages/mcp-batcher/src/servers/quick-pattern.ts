const maxPattern = 300;
const maxText = 2_000;
const maxLoops = 3;

/** A pattern of a schema that is judged only where it cannot take long; anywhere else it passes. [M33]
 *
 * Patterns of strangers can run for ever. Judged are those of at most 300 signs, three loops, none of them over a group,
 * no look-around and no back reference, on texts of at most 2,000 signs; the rest is left to the server. */
export function quickPattern(pattern: string, flags: string): { test(text: string): boolean; exec(): null } {
  const exec = (): null => null;
  if (!isQuick(pattern)) return { test: () => true, exec };
  const expression = new RegExp(pattern, flags);
  return { test: (text) => text.length > maxText || expression.test(text), exec };
}

function isQuick(pattern: string): boolean {
  if (pattern.length > maxPattern) return false;
  // Classes and escaped signs are single steps.
  const bare = pattern
    .replaceAll(/\\[1-9k]/g, "(?=")
    .replaceAll(/\\./g, "x")
    .replaceAll(/\[[^\]]*\]/g, "x");
  if (/\(\?[=!<]/.test(bare) || /\)[*+{?]/.test(bare)) return false;
  return (bare.match(/[*+]|\{\d+,\d*\}/g) ?? []).length <= maxLoops;
}
