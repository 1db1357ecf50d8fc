/** Estimates the tokens of coded lines, rather too high than too low: within a quarter of o200k for our own. [C68]
 *
 * Words are about one token, ids and numbers cost by their length, and every other sign is nearly one. */
export function estimateTokens(text: string): number {
  let sum = 0;
  for (const [part] of text.matchAll(/[0-9A-Za-z]+|[^ ]/g)) sum += costOf(part);
  return Math.ceil(sum * 1.1);
}

function costOf(part: string): number {
  if (/^[A-Za-z]+$/.test(part)) return 0.7 + part.length / 12;
  if (/^[0-9]+$/.test(part)) return Math.ceil(part.length / 3);
  if (/^[0-9A-Za-z]/.test(part)) return part.length * 0.72;
  return part.charCodeAt(0) < 0x80 ? 0.75 : 1.2;
}
